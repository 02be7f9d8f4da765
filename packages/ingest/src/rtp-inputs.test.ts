import { expect, test } from 'vitest';
import { PortAllocator } from './port-allocator.ts';
import { allocateInputs, checkSavedSource, rtpSourceCodecs, savedSource } from './rtp-inputs.ts';

const where = { address: '127.0.0.1', listenAddress: '127.0.0.1' };
const codecs = rtpSourceCodecs({ type: 'rtp' });

test('all video shares one pair of ports, told apart by SSRC and payload type', async () => {
  const inputs = await allocateInputs(codecs, where, new PortAllocator({ first: 21_200, last: 21_219 }));
  expect(inputs.map(({ codec, port, payloadType }) => [codec, port, payloadType])).toEqual([
    ['H264', 21_200, 102],
    ['VP8', 21_200, 96],
    ['opus', 21_202, 111],
  ]);
  expect(new Set(inputs.map(({ ssrc }) => ssrc)).size).toBe(3);
  for (const { ssrc } of inputs) expect(ssrc).toBeLessThan(2 ** 31);
});

test('what was saved comes back, through JSON, with another address', async () => {
  const first = await allocateInputs(codecs, where, new PortAllocator({ first: 21_220, last: 21_239 }));
  const saved = checkSavedSource(JSON.parse(JSON.stringify(savedSource(first))));
  if (!saved.ok) throw new Error(saved.error);
  const ports = new PortAllocator({ first: 21_200, last: 21_239 });
  const moved = { address: '192.0.2.1', listenAddress: '0.0.0.0' };
  const again = await allocateInputs(codecs, moved, ports, saved.value);
  expect(again).toEqual(first.map((input) => ({ ...input, address: '192.0.2.1' })));
});

test('audio that is not wanted any more frees its ports, audio that is new gets some', async () => {
  const ports = new PortAllocator({ first: 21_240, last: 21_259 });
  const saved = savedSource(await allocateInputs(codecs, where, ports));
  const again = new PortAllocator({ first: 21_240, last: 21_259 });
  const video = await allocateInputs(rtpSourceCodecs({ type: 'rtp', audio: false }), where, again, saved);
  expect(video.map(({ codec }) => codec)).toEqual(['H264', 'VP8']);
  expect(again.reserve({ port: 21_242, rtcpPort: 21_243 })).toBe(true);
  const both = await allocateInputs(
    codecs,
    where,
    new PortAllocator({ first: 21_240, last: 21_259 }),
    savedSource(video),
  );
  expect(both.map(({ ssrc }) => ssrc).slice(0, 2)).toEqual(video.map(({ ssrc }) => ssrc));
  expect(both).toHaveLength(3);
});

test('saved ports outside the range or taken are replaced; a failure gives all back', async () => {
  const saved = savedSource(
    await allocateInputs(codecs, where, new PortAllocator({ first: 21_260, last: 21_263 })),
  );
  const ports = new PortAllocator({ first: 21_264, last: 21_267 });
  const moved = await allocateInputs(codecs, where, ports, saved);
  expect(moved.map(({ port }) => port)).toEqual([21_264, 21_264, 21_266]);
  const small = new PortAllocator({ first: 21_268, last: 21_269 });
  await expect(allocateInputs(codecs, where, small, saved)).rejects.toThrow('No free pair');
  expect(small.reserve({ port: 21_268, rtcpPort: 21_269 })).toBe(true);
});

test.each([{}, { inputs: [] }, { inputs: [{ kind: 'video' }] }, null, 'x'])('%j is not valid', (value) => {
  expect(checkSavedSource(value).ok).toBe(false);
});
