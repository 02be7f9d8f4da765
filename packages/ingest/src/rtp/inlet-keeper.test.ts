import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DgramInlets } from '../test-support/dgram-inlets.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { InletKeeper, type InletKeeperOptions } from './inlet-keeper.ts';
import { PortAllocator } from './port-allocator.ts';
import { allocatePorts, inputsFor, StreamIds } from './rtp-inputs.ts';

let inlets: DgramInlets;
let sender: Socket;
let sending: Set<'video' | 'audio'>;
let timer: NodeJS.Timeout;
let keeper: InletKeeper;

beforeEach(() => {
  inlets = new DgramInlets();
  sender = createSocket('udp4');
  sending = new Set();
});

afterEach(() => {
  keeper.close();
  clearInterval(timer);
  sender.close();
});

/** Keeps an inlet for H264 and Opus, or Opus alone, to which comes what `sending` says. */
async function keep(codecs: readonly ('H264' | 'opus')[], options: Partial<InletKeeperOptions> = {}) {
  const allocator = new PortAllocator({ first: 21_550, last: 21_559 });
  const ports = await allocatePorts({ video: true, audio: true, listenAddress: '127.0.0.1' }, allocator);
  const inputs = inputsFor({ ports, codecs, ids: new StreamIds() });
  const told = {
    onOpen: vi.fn(),
    onBytes: vi.fn(),
    onReady: vi.fn(),
    onLive: vi.fn(),
    onStalled: vi.fn(),
    onSetback: vi.fn(),
    onAudioLost: vi.fn(),
    onAudioBack: vi.fn(),
  };
  keeper = new InletKeeper({
    openInlet: inlets.open,
    inputs,
    listenAddress: '127.0.0.1',
    limits: { stallMs: 800, firstBytesMs: 1600 },
    ...told,
    ...options,
  });
  timer = setInterval(() => {
    for (const { kind, ssrc, payloadType, port } of inputs) {
      if (!sending.has(kind)) continue;
      const packet = Buffer.alloc(14);
      packet.writeUInt16BE(0x8000 | payloadType, 0);
      packet.writeUInt32BE(ssrc, 8);
      // An IDR slice.
      packet.writeUInt8(5, 12);
      sender.send(packet, port, '127.0.0.1');
    }
  }, 20);
  keeper.reopen();
  await waitFor('an inlet', () => told.onOpen.mock.calls.length === 1);
  return told;
}

test('video that stops is a stall while audio flows', async () => {
  sending = new Set(['video', 'audio']);
  const { onBytes, onLive, onStalled, onAudioLost } = await keep(['H264', 'opus']);
  await waitFor('bytes of both', () => onBytes.mock.calls.length === 1 && onLive.mock.calls.length === 1);
  sending.delete('video');
  await waitFor('the stall', () => onStalled.mock.calls.length > 0);
  expect(onStalled).toHaveBeenCalledExactlyOnceWith(expect.any(Number), true);
  expect(onAudioLost).not.toHaveBeenCalled();
});

test('video that never comes is a stall though audio does', async () => {
  sending = new Set(['audio']);
  const { onBytes, onStalled } = await keep(['H264', 'opus']);
  await waitFor('the stall', () => onStalled.mock.calls.length > 0);
  expect(onStalled).toHaveBeenCalledExactlyOnceWith(expect.any(Number), false);
  expect(onBytes).toHaveBeenCalledOnce();
});

test('audio that stops while video flows is told once, and that it is back', async () => {
  sending = new Set(['video', 'audio']);
  const { onBytes, onStalled, onAudioLost, onAudioBack } = await keep(['H264', 'opus']);
  await waitFor('bytes', () => onBytes.mock.calls.length === 1);
  for (const times of [1, 2]) {
    sending.delete('audio');
    await waitFor('audio to be lost', () => onAudioLost.mock.calls.length === times);
    expect(onAudioLost).toHaveBeenLastCalledWith(expect.any(Number), true);
    sending.add('audio');
    await waitFor('audio to be back', () => onAudioBack.mock.calls.length === times);
  }
  expect(onStalled).not.toHaveBeenCalled();
});

test('audio that was to come and does not is told too', async () => {
  sending = new Set(['video']);
  const { onStalled, onAudioLost, onAudioBack } = await keep(['H264', 'opus']);
  await waitFor('audio to be lost', () => onAudioLost.mock.calls.length === 1);
  expect(onAudioLost).toHaveBeenLastCalledWith(expect.any(Number), false);
  expect(onAudioBack).not.toHaveBeenCalled();
  expect(onStalled).not.toHaveBeenCalled();
});

test('when all stops, that is a stall and nothing else', async () => {
  sending = new Set(['video', 'audio']);
  const { onBytes, onStalled, onAudioLost } = await keep(['H264', 'opus']);
  await waitFor('bytes', () => onBytes.mock.calls.length === 1);
  sending.clear();
  await waitFor('the stall', () => onStalled.mock.calls.length > 0);
  expect(onAudioLost).not.toHaveBeenCalled();
});

test('audio alone leads', async () => {
  sending = new Set(['audio']);
  const { onBytes, onStalled, onAudioLost } = await keep(['opus']);
  await waitFor('bytes', () => onBytes.mock.calls.length === 1);
  sending.clear();
  await waitFor('the stall', () => onStalled.mock.calls.length > 0);
  expect(onStalled).toHaveBeenLastCalledWith(expect.any(Number), true);
  expect(onAudioLost).not.toHaveBeenCalled();
});

test('what is held becomes live when it is released, and so do the inlets to come', async () => {
  sending = new Set(['video']);
  const { onReady, onLive, onSetback } = await keep(['H264'], { hold: true });
  await waitFor('media', () => onReady.mock.calls.length === 1);
  expect(onLive).not.toHaveBeenCalled();
  inlets.last?.die();
  expect(onSetback).toHaveBeenCalledOnce();
  await waitFor('media in another inlet', () => onReady.mock.calls.length === 2);
  keeper.release();
  keeper.release();
  expect(onLive).toHaveBeenCalledOnce();
  inlets.last?.die();
  await waitFor('live again', () => onLive.mock.calls.length === 2);
  expect(onReady).toHaveBeenCalledTimes(2);
});

test('what is held before it is live is held', async () => {
  const { onReady, onLive } = await keep(['H264']);
  keeper.hold();
  sending.add('video');
  await waitFor('media', () => onReady.mock.calls.length === 1);
  expect(onLive).not.toHaveBeenCalled();
  keeper.release();
  expect(onLive).toHaveBeenCalledOnce();
});

test('a release while the inlet is being opened is not lost', async () => {
  sending = new Set(['video']);
  const open = inlets.open;
  const { onLive, onReady } = await keep(['H264'], {
    hold: true,
    openInlet: async (options) => {
      const inlet = await open(options);
      keeper.release();
      return inlet;
    },
  });
  await waitFor('live', () => onLive.mock.calls.length === 1);
  expect(onReady.mock.calls.length).toBeLessThanOrEqual(1);
});

test('what flows is no stall, however long one may take', async () => {
  sending = new Set(['video']);
  const { onBytes, onStalled } = await keep(['H264'], { limits: { stallMs: 60_000, firstBytesMs: 1600 } });
  await waitFor('bytes', () => onBytes.mock.calls.length === 1);
  expect(onStalled).not.toHaveBeenCalled();
});
