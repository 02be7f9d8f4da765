import { ConsumerParameters, compileCheck, type TransportParameters } from '@spillway/protocol';
import { findWorker } from '@spillway/worker';
import { createWorker } from 'mediasoup';
import type { Router } from 'mediasoup/types';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { RtpPush } from '../media/rtp-push.ts';
import { MediaMeter } from '../meter/media-meter.ts';
import { LossyPath } from '../test-support/lossy-path.ts';
import { ReceivePeer } from './receive-peer.ts';

const SSRC = 0x1234_5678;
const LIMIT = { timeout: 20_000 };
const listenIp = { protocol: 'udp', ip: '127.0.0.1' } as const;
const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];

const checkConsumer = compileCheck(ConsumerParameters);

let router: Router;
let producerId = '';

beforeAll(async () => {
  const { path } = await findWorker();
  const worker = await createWorker({ workerBin: path });
  router = await worker.createRouter({
    mediaCodecs: [{ kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 }],
  });
  const plain = await router.createPlainTransport({ listenInfo: listenIp, comedia: true });
  const producer = await plain.produce({
    kind: 'video',
    rtpParameters: {
      codecs: [{ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 96, rtcpFeedback }],
      encodings: [{ ssrc: SSRC }],
    },
  });
  producerId = producer.id;
  const push = new RtpPush({ port: plain.tuple.localPort, ssrc: SSRC, payloadType: 96 });
  push.start();
  return () => {
    push.close();
    worker.close();
  };
});

/** As it comes over the signalling. */
function described(consumer: object): ConsumerParameters {
  const checked = checkConsumer(JSON.parse(JSON.stringify(consumer)));
  if (!checked.ok) throw new Error(checked.error);
  return checked.value;
}

/** A peer that receives over a path on which one packet in 50 is lost. */
async function play({ nack, rtx }: { nack: boolean; rtx: boolean }) {
  const { codecs = [], ...others } = router.rtpCapabilities;
  const rtpCapabilities = {
    ...others,
    codecs: codecs.filter(({ mimeType }) => rtx || mimeType !== 'video/rtx'),
  };
  const transport = await router.createWebRtcTransport({ listenInfos: [listenIp] });
  const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true });
  const path = await LossyPath.open(
    transport.iceCandidates[0]?.port ?? 0,
    consumer.rtpParameters.encodings?.[0]?.ssrc ?? 0,
    50,
  );
  const { id, iceParameters, dtlsParameters } = transport;
  const iceCandidates = transport.iceCandidates.map((candidate) => ({ ...candidate, port: path.port }));
  const ends: TransportParameters = { id, iceParameters, iceCandidates, dtlsParameters };
  const parameters = described({
    id: consumer.id,
    producerId,
    kind: 'video',
    type: 'simple',
    layers: [],
    rtpParameters: consumer.rtpParameters,
  });
  const meter = new MediaMeter();
  const peer = new ReceivePeer(ends, { meter, nack }, { connected: () => {}, lost: () => {} });
  onTestFinished(() => {
    peer.close();
    transport.close();
  });
  const fingerprint = peer.receive([parameters]);
  await transport.connect({ dtlsParameters: { role: 'client', fingerprints: [fingerprint] } });
  await consumer.resume();
  return { meter, path, peer };
}

test('without NACK, what is lost stays lost, and only key frames go on', async () => {
  const { meter, path } = await play({ nack: false, rtx: true });
  await vi.waitUntil(() => path.dropped >= 10 && meter.counts.video.keyFrames >= 1, LIMIT);
  const { video, retransmission } = meter.counts;
  expect(video.lost).toBeGreaterThanOrEqual(8);
  // All of them would be one for every six packets.
  expect(video.frames).toBeLessThan(video.packets / 12);
  expect(retransmission.packets).toBe(0);
  expect(meter.delay.count).toBe(video.packets);
});

test.each([true, false])('with NACK it comes after all (RTX: %s)', async (rtx) => {
  const { meter, path, peer } = await play({ nack: true, rtx });
  await vi.waitUntil(() => path.dropped >= 10, LIMIT);
  await vi.waitUntil(() => meter.counts.video.reordered >= 5, LIMIT);
  await vi.waitUntil(() => meter.counts.video.lost === 0, LIMIT);
  if (rtx) expect(meter.counts.retransmission.packets).toBeGreaterThanOrEqual(5);
  else expect(meter.counts.retransmission.packets).toBe(0);
  const counts = meter.counts;
  peer.close();
  expect(meter.counts.video.packets).toBeGreaterThanOrEqual(counts.video.packets);
});
