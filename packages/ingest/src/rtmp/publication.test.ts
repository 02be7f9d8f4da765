import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { MessageType } from './message.ts';
import { Publication } from './publication.ts';

const video = (publication: Publication, timestamp: number, key: boolean, size = 100) => {
  const payload = Buffer.alloc(size);
  payload.set([key ? 0x17 : 0x27, 1]);
  publication.take({ type: MessageType.video, streamId: 1, timestamp, payload });
};
const videoHeader = (publication: Publication, mark: number) =>
  publication.take({
    type: MessageType.video,
    streamId: 1,
    timestamp: 0,
    payload: Buffer.from([0x17, 0, 0, 0, 0, mark]),
  });
const audio = (publication: Publication, timestamp: number) =>
  publication.take({ type: MessageType.audio, streamId: 1, timestamp, payload: Buffer.from([0xaf, 1, 9]) });

/** Type and time of the tags of an FLV that has ended. */
async function tagsOf(reader: Readable): Promise<string[]> {
  const flv = Buffer.concat(await reader.toArray());
  expect(flv.toString('latin1', 0, 3)).toBe('FLV');
  const tags: string[] = [];
  for (let at = 13; at < flv.length; ) {
    const size = flv.readUIntBE(at + 1, 3);
    const timestamp = flv.readUIntBE(at + 4, 3) + flv.readUInt8(at + 7) * 2 ** 24;
    expect(flv.readUInt32BE(at + 11 + size)).toBe(11 + size);
    const kind = { 8: 'audio', 9: 'video', 18: 'script' }[flv.readUInt8(at)];
    const role =
      kind === 'video'
        ? flv[at + 12] === 0
          ? ` header ${flv[at + 16]}`
          : flv[at + 11] === 0x17
            ? ' key'
            : ''
        : '';
    tags.push(`${timestamp} ${kind}${role}`);
    at += 11 + size + 4;
  }
  return tags;
}

test('a reader gets metadata and headers first, then the newest key frame and what follows', async () => {
  const publication = new Publication();
  publication.describe(
    new Map<string, string | number>([
      ['encoder', 'x'],
      ['framerate', 30],
    ]),
  );
  videoHeader(publication, 1);
  video(publication, 0, true);
  video(publication, 33, false);
  video(publication, 1000, true);
  audio(publication, 1010);
  const reader = publication.attach(() => {});
  video(publication, 1033, false);
  publication.end();
  expect(await tagsOf(reader)).toEqual([
    '0 script',
    '1000 video header 1',
    '1000 video key',
    '1010 audio',
    '1033 video',
  ]);
});

test('a new header reaches who reads, and who comes after it waits for its key frame', async () => {
  const publication = new Publication();
  videoHeader(publication, 1);
  video(publication, 0, true);
  const first = publication.attach(() => {});
  videoHeader(publication, 1);
  videoHeader(publication, 2);
  const second = publication.attach(() => {});
  video(publication, 33, false);
  video(publication, 66, true);
  publication.end();
  expect(await tagsOf(first)).toEqual([
    '0 video header 1',
    '0 video key',
    '0 video header 2',
    '33 video',
    '66 video key',
  ]);
  expect(await tagsOf(second)).toEqual(['66 video header 2', '66 video key']);
});

test('a reader that lags more than 4 MiB goes on at the next key frame', async () => {
  const publication = new Publication();
  const lost: number[] = [];
  videoHeader(publication, 1);
  video(publication, 0, true);
  const slow = publication.attach((bytes) => lost.push(bytes));
  for (let index = 1; index <= 5; index += 1) video(publication, index, false, 2 ** 20);
  video(publication, 6, true);
  video(publication, 7, false);
  publication.end();
  expect(lost).toHaveLength(1);
  expect(await tagsOf(slow)).toEqual(['6 video header 1', '6 video key', '7 video']);
});

test('a group of pictures of more than 8 MiB is not kept', async () => {
  const publication = new Publication();
  video(publication, 0, true);
  for (let index = 1; index <= 9; index += 1) video(publication, index, false, 2 ** 20);
  const reader = publication.attach(() => {});
  video(publication, 10, true);
  publication.end();
  expect(await tagsOf(reader)).toEqual(['10 video key']);
});

test('the sample stays in the stream', async () => {
  const publication = new Publication();
  video(publication, 0, true);
  const reader = publication.attach(() => {});
  const sample = reader.sample();
  video(publication, 1500, false);
  const bytes = await sample;
  publication.end();
  expect(Buffer.concat(await reader.toArray())).toEqual(bytes);
});

test('sound alone starts at once; timestamps beyond 24 bits and around 32 bits', async () => {
  const publication = new Publication();
  audio(publication, 0xffff_ffff);
  const reader = publication.attach(() => {});
  audio(publication, 0xffff_fff0);
  audio(publication, 5);
  publication.end();
  expect(await tagsOf(reader)).toEqual(['4294967295 audio', '4294967280 audio', '5 audio']);
});
