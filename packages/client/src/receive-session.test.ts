import type { ConsumerParameters } from '@spillway/protocol';
import { Device, FakeHandler, testFakeParameters } from 'mediasoup-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ReceiveSession } from './receive-session.ts';

// mediasoup-client's own handler for places without a browser.
const fake = testFakeParameters;
const candidates = fake.generateTransportRemoteParameters();

let device: Device;
let session: ReceiveSession;
const actions = {
  play: vi.fn(async () => undefined),
  restartIce: vi.fn(async () => ({ usernameFragment: 'u', password: 'p' })),
  pathChanged: vi.fn(),
  lost: vi.fn(),
};

/** Parameters of a consumer as the server names them. */
function parameters(codecMimeType: string): ConsumerParameters {
  const { id, producerId, kind, rtpParameters } = fake.generateConsumerRemoteParameters({ codecMimeType });
  if (!id || !producerId || !kind) throw new Error('mediasoup-client made no consumer parameters');
  return {
    id,
    producerId,
    kind,
    rtpParameters: rtpParameters as ConsumerParameters['rtpParameters'],
    type: 'simple',
    layers: [],
  };
}

/** What the browser would say of the transport. */
function connectionState(state: 'connected' | 'disconnected' | 'failed'): void {
  session.transport.handler.emit('@connectionstatechange', state);
}

beforeEach(async () => {
  vi.clearAllMocks();
  device = new Device({ handlerFactory: FakeHandler.createFactory(fake) });
  await device.load({ routerRtpCapabilities: fake.generateRouterRtpCapabilities() });
  session = new ReceiveSession({
    device,
    transport: {
      id: candidates.id,
      iceParameters: { usernameFragment: 'u', password: 'p', iceLite: true },
      iceCandidates: [],
      dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: '00' }] },
    },
    iceServers: [],
    iceTransportPolicy: 'all',
    actions,
  });
});

afterEach(() => {
  session.close();
  vi.useRealTimers();
});

test('one play connects the transport and names all consumers', async () => {
  const consumers = await session.consume([parameters('audio/opus'), parameters('video/VP8')]);
  expect(actions.play).not.toHaveBeenCalled();
  const consumerIds = consumers.map((consumer) => consumer.id);
  await session.play(consumerIds);
  expect(actions.play).toHaveBeenCalledExactlyOnceWith({
    consumerIds,
    dtlsParameters: expect.objectContaining({ fingerprints: expect.any(Array) }),
  });
});

test('a later play carries no DTLS parameters', async () => {
  const [audio] = await session.consume([parameters('audio/opus')]);
  await session.play([audio?.id ?? '']);
  const [video] = await session.consume([parameters('video/VP8')]);
  await session.play([video?.id ?? '']);
  expect(actions.play).toHaveBeenLastCalledWith({ consumerIds: [video?.id] });
});

test('is idle once its consumers are closed', async () => {
  const [consumer] = await session.consume([parameters('video/VP8')]);
  expect(session.idle).toBe(false);
  consumer?.close();
  expect(session.idle).toBe(true);
});

test('restarts ICE after 4 s without a connection, and says so when that does not help', async () => {
  vi.useFakeTimers();
  connectionState('connected');
  connectionState('disconnected');
  expect(actions.pathChanged.mock.calls).toEqual([[true], [false]]);
  await vi.advanceTimersByTimeAsync(3999);
  expect(actions.restartIce).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(actions.restartIce).toHaveBeenCalledTimes(1);
  connectionState('failed');
  await vi.advanceTimersByTimeAsync(4999);
  expect(actions.lost).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(actions.lost).toHaveBeenCalledTimes(1);
  expect(actions.restartIce).toHaveBeenCalledTimes(1);
});

test('a short gap and a restart that helps need nothing more', async () => {
  vi.useFakeTimers();
  connectionState('disconnected');
  await vi.advanceTimersByTimeAsync(3000);
  connectionState('connected');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(actions.restartIce).not.toHaveBeenCalled();
  connectionState('failed');
  expect(actions.restartIce).toHaveBeenCalledTimes(1);
  connectionState('connected');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(actions.lost).not.toHaveBeenCalled();
});

test('a restart that the server refuses counts as lost', async () => {
  vi.useFakeTimers();
  actions.restartIce.mockRejectedValueOnce(new Error('no'));
  connectionState('failed');
  await vi.advanceTimersByTimeAsync(0);
  expect(actions.lost).toHaveBeenCalledTimes(1);
});

test('nothing happens after close', async () => {
  vi.useFakeTimers();
  connectionState('disconnected');
  session.close();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(actions.restartIce).not.toHaveBeenCalled();
  expect(actions.lost).not.toHaveBeenCalled();
});
