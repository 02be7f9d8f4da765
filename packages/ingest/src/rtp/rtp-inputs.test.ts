import { expect, test } from 'vitest';
import { PortAllocator } from './port-allocator.ts';
import {
  allocatePorts,
  checkSavedSource,
  inputsFor,
  releasePorts,
  rtpSourceCodecs,
  type SavedSource,
  StreamIds,
  savedSource,
} from './rtp-inputs.ts';

const here = { listenAddress: '127.0.0.1' };
const both = { ...here, video: true, audio: true };
const codecs = rtpSourceCodecs({ type: 'rtp' });

const range = (first: number, last: number) => new PortAllocator({ first, last });

async function inputsOf(allocator: PortAllocator, saved?: SavedSource) {
  return inputsFor({ ports: await allocatePorts(both, allocator, saved), codecs, ids: new StreamIds(saved) });
}

test('all video shares one pair of ports, told apart by SSRC and payload type', async () => {
  const inputs = await inputsOf(range(21_200, 21_219));
  expect(inputs.map(({ codec, port, payloadType }) => [codec, port, payloadType])).toEqual([
    ['H264', 21_200, 102],
    ['VP8', 21_200, 96],
    ['opus', 21_202, 111],
  ]);
  expect(new Set(inputs.map(({ ssrc }) => ssrc)).size).toBe(3);
  for (const { ssrc } of inputs) expect(ssrc).toBeLessThan(2 ** 31);
});

test('codecs may change from run to run: a codec and layer keeps its SSRC, a kind its ports', async () => {
  const ports = await allocatePorts(both, range(21_220, 21_239));
  const ids = new StreamIds();
  const layered = inputsFor({ ports, codecs: ['H264', 'PCMA'], ids, videoLayers: 3 });
  expect(layered.map(({ kind, codec, port, payloadType }) => [kind, codec, port, payloadType])).toEqual([
    ['video', 'H264', 21_220, 102],
    ['video', 'H264', 21_220, 102],
    ['video', 'H264', 21_220, 102],
    ['audio', 'PCMA', 21_222, 8],
  ]);
  expect(new Set(layered.map(({ ssrc }) => ssrc)).size).toBe(4);
  const simple = inputsFor({ ports, codecs: ['H264', 'PCMU'], ids });
  expect(simple[0]).toEqual(layered[0]);
  expect(simple[1]).toMatchObject({ codec: 'PCMU', port: 21_222, payloadType: 0 });
  expect(simple[1]?.ssrc).not.toBe(layered[3]?.ssrc);
  expect(inputsFor({ ports, codecs: ['H264', 'PCMA'], ids, videoLayers: 3 })).toEqual(layered);
  expect(() => inputsFor({ ports: {}, codecs: ['opus'], ids })).toThrow('no ports for opus');
});

test('what was saved comes back, through JSON, with another address', async () => {
  const first = await inputsOf(range(21_220, 21_239));
  const saved = checkSavedSource(JSON.parse(JSON.stringify(savedSource(first))));
  if (!saved.ok) throw new Error(saved.error);
  const allocator = range(21_200, 21_239);
  const ports = await allocatePorts({ ...both, listenAddress: '0.0.0.0' }, allocator, saved.value);
  const again = inputsFor({ ports, codecs, address: '192.0.2.1', ids: new StreamIds(saved.value) });
  expect(again).toEqual(first.map((input) => ({ ...input, address: '192.0.2.1' })));
});

test('ports that were saved on their own come back too, those not needed stay free', async () => {
  const ports = {
    video: { port: 21_230, rtcpPort: 21_231 },
    listen: { port: 21_232, rtcpPort: 21_233 },
  };
  const saved = checkSavedSource({ key: 'k3y', ports });
  if (!saved.ok) throw new Error(saved.error);
  const allocator = range(21_220, 21_239);
  const taken = await allocatePorts(
    { ...here, video: true, audio: true, listen: true },
    allocator,
    saved.value,
  );
  expect(taken).toEqual({ ...ports, audio: { port: 21_220, rtcpPort: 21_221 } });
  releasePorts(taken, allocator);
  releasePorts(taken, allocator);
  expect(await allocatePorts({ ...here, listen: true }, allocator, saved.value)).toEqual({
    listen: ports.listen,
  });
  expect(allocator.reserve(ports.video)).toBe(true);
});

test('audio that is not wanted any more frees its ports, audio that is new gets some', async () => {
  const saved = savedSource(await inputsOf(range(21_240, 21_259)));
  const allocator = range(21_240, 21_259);
  const ports = await allocatePorts({ ...here, video: true }, allocator, saved);
  const video = inputsFor({
    ports,
    codecs: rtpSourceCodecs({ type: 'rtp', audio: false }),
    ids: new StreamIds(saved),
  });
  expect(video.map(({ codec }) => codec)).toEqual(['H264', 'VP8']);
  expect(allocator.reserve({ port: 21_242, rtcpPort: 21_243 })).toBe(true);
  const all = await inputsOf(range(21_240, 21_259), savedSource(video));
  expect(all.map(({ ssrc }) => ssrc).slice(0, 2)).toEqual(video.map(({ ssrc }) => ssrc));
  expect(all).toHaveLength(3);
});

test('saved ports outside the range or taken are replaced; a failure gives all back', async () => {
  const saved = savedSource(await inputsOf(range(21_260, 21_263)));
  const moved = await inputsOf(range(21_264, 21_267), saved);
  expect(moved.map(({ port }) => port)).toEqual([21_264, 21_264, 21_266]);
  const small = range(21_268, 21_269);
  await expect(allocatePorts(both, small, saved)).rejects.toThrow('No free pair');
  expect(small.reserve({ port: 21_268, rtcpPort: 21_269 })).toBe(true);
});

test('an SSRC that was saved twice is used once', () => {
  const stream = { kind: 'video', port: 21_270, rtcpPort: 21_271, ssrc: 7, payloadType: 102 } as const;
  const ids = new StreamIds({
    inputs: [
      { ...stream, codec: 'H264' },
      { ...stream, codec: 'VP8' },
    ],
  });
  expect(ids.of('H264').ssrc).toBe(7);
  expect(ids.of('VP8').ssrc).not.toBe(7);
});

test.each([{}, { inputs: [] }, { inputs: [{ kind: 'video' }] }, { key: '' }, null, 'x'])(
  '%j is not valid',
  (value) => {
    expect(checkSavedSource(value).ok).toBe(false);
  },
);
