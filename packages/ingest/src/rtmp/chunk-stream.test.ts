import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkReader, MAX_MEDIA_MESSAGE, writeChunks } from './chunk-stream.ts';
import { controlMessage, MessageType, type RtmpMessage } from './message.ts';
import { RtmpError } from './rtmp-error.ts';

const video = (timestamp: number, payload: Buffer): RtmpMessage => ({
  type: MessageType.video,
  streamId: 1,
  timestamp,
  payload,
});

function mediaReader(): ChunkReader {
  const reader = new ChunkReader();
  reader.allowMedia();
  return reader;
}

const read = (reader: ChunkReader, ...parts: Buffer[]) => parts.flatMap((part) => [...reader.read(part)]);

test('messages of any size and time come out as they went in, however they are cut', () => {
  const message = fc.record({
    type: fc.constantFrom(MessageType.audio, MessageType.video, MessageType.data),
    streamId: fc.nat(0xffff_ffff),
    timestamp: fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0xff_fffe, 0xff_ffff, 0x100_0000)),
    payload: fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes)),
  });
  const sent = fc.array(fc.tuple(message, fc.integer({ min: 2, max: 63 })), { maxLength: 20 });
  fc.assert(
    fc.property(
      sent,
      fc.integer({ min: 1, max: 300 }),
      fc.array(fc.nat(400)),
      (messages, chunkSize, cuts) => {
        const setSize = writeChunks(controlMessage(MessageType.setChunkSize, chunkSize), 2, 128);
        const bytes = Buffer.concat([
          setSize,
          ...messages.map(([one, id]) => writeChunks(one, id, chunkSize)),
        ]);
        const reader = mediaReader();
        const received: RtmpMessage[] = [];
        let at = 0;
        for (const cut of cuts) {
          received.push(...reader.read(bytes.subarray(at, at + cut)));
          at = Math.min(bytes.length, at + cut);
        }
        received.push(...reader.read(bytes.subarray(at)));
        expect(received).toEqual(messages.map(([one]) => one));
      },
    ),
  );
});

test('formats 1, 2 and 3 leave out what stays the same', () => {
  const received = read(
    mediaReader(),
    Buffer.from([0x04, 0, 0, 100, 0, 0, 2, 9, 1, 0, 0, 0, 1, 2]),
    Buffer.from([0x44, 0, 0, 33, 0, 0, 1, 8, 3]),
    Buffer.from([0x84, 0, 0, 10, 4]),
    Buffer.from([0xc4, 5]),
  );
  expect(
    received.map(({ type, timestamp, streamId, payload }) => [type, timestamp, streamId, ...payload]),
  ).toEqual([
    [9, 100, 1, 1, 2],
    [8, 133, 1, 3],
    [8, 143, 1, 4],
    [8, 153, 1, 5],
  ]);
});

test('messages of two chunk streams are interleaved; ids of two and three bytes', () => {
  const header = [0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0];
  const part = (length: number, value: number) => Array.from({ length }, () => value);
  const received = read(
    mediaReader(),
    Buffer.from([0x00, 10, ...header, ...part(128, 1)]),
    Buffer.from([0x01, 10, 1, ...header, ...part(128, 2)]),
    Buffer.from([0xc0, 10, ...part(72, 1)]),
    Buffer.from([0xc1, 10, 1, ...part(72, 2)]),
  );
  expect(received.map(({ payload }) => [payload.length, payload[0], payload.at(-1)])).toEqual([
    [200, 1, 1],
    [200, 2, 2],
  ]);
});

test('an aborted message is forgotten', () => {
  const half = writeChunks(video(0, Buffer.alloc(200, 1)), 4, 128).subarray(0, 12 + 128);
  const whole = video(5, Buffer.alloc(3, 2));
  const abort = writeChunks(controlMessage(MessageType.abort, 4), 2, 128);
  expect(read(mediaReader(), half, abort, writeChunks(whole, 4, 128))).toEqual([whole]);
});

test('the limits', () => {
  const header = (id: number, length: number, type: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt8(id);
    bytes.writeUIntBE(length, 4, 3);
    bytes.writeUInt8(type, 7);
    return bytes;
  };
  const setSize = (size: number) => writeChunks(controlMessage(MessageType.setChunkSize, size), 2, 128);
  expect(() => read(mediaReader(), header(4, MAX_MEDIA_MESSAGE + 1, 9))).toThrow('the limit is 8388608');
  expect(() => read(mediaReader(), header(3, 65_537, 20))).toThrow('the limit is 65536');
  expect(() => read(new ChunkReader(), header(4, 10, 9))).toThrow('before it was published');
  expect(() => read(mediaReader(), setSize(2 ** 20 + 1))).toThrow('chunk size');
  expect(() => read(mediaReader(), setSize(0))).toThrow('chunk size');
  expect(() => read(mediaReader(), Buffer.from([0xc4]))).toThrow('without the length');
  const streams = Array.from({ length: 65 }, (_, id) =>
    Buffer.concat([Buffer.from([0, id]), Buffer.alloc(11)]),
  );
  expect(() => read(new ChunkReader(), ...streams)).toThrow('chunk streams');
});

test('unfinished messages hold no more than 128 KiB before media is allowed, and 16 MiB after', () => {
  const begun = (id: number, type: number, length: number, chunk: number) =>
    writeChunks({ ...video(0, Buffer.alloc(length)), type }, id, chunk).subarray(0, 12 + chunk);
  const setSize = (size: number) => writeChunks(controlMessage(MessageType.setChunkSize, size), 2, 128);
  const commands = [3, 4, 5].map((id) => begun(id, 20, 65_536, 65_535));
  const small = () => read(new ChunkReader(), setSize(65_535), ...commands);
  expect(small).toThrow('unfinished messages');
  const large = Array.from({ length: 40 }, (_, index) => begun(index + 3, 9, MAX_MEDIA_MESSAGE, 2 ** 20));
  expect(() => read(mediaReader(), setSize(2 ** 20), ...large)).toThrow('unfinished messages');
});

test('any bytes give messages or an RtmpError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }), (parts) => {
      try {
        read(mediaReader(), ...parts.map((part) => Buffer.from(part)));
      } catch (error) {
        expect(error).toBeInstanceOf(RtmpError);
      }
    }),
    { numRuns: 1000 },
  );
});
