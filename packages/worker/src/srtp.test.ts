import { createWorker, type types } from 'mediasoup';
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { findWorker } from './locate.ts';

let workerBin: string;

beforeAll(async () => {
  workerBin = (await findWorker()).path;
}, 1_200_000);

const codec = {
  mimeType: 'video/VP8',
  payloadType: 100,
  clockRate: 90_000,
  rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
} satisfies types.RtpCodecParameters;

const suites: types.SrtpCryptoSuite[] = [
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
];

async function connect(one: types.PlainTransport, other: types.PlainTransport): Promise<void> {
  const { srtpParameters, tuple } = other;

  if (srtpParameters === undefined) {
    throw new Error('the transport has no SRTP parameters');
  }
  await one.connect({ ip: '127.0.0.1', port: tuple.localPort, srtpParameters });
}

// The self-test proves one suite against another implementation; they differ in lengths alone.
it.each(suites)(
  '%s protects RTP one way and RTCP the other',
  { timeout: 60_000 },
  async (srtpCryptoSuite) => {
    const worker = await createWorker({ workerBin, logLevel: 'error' });

    onTestFinished(() => worker.close());

    const router = await worker.createRouter({
      mediaCodecs: [{ ...codec, kind: 'video', preferredPayloadType: codec.payloadType }],
    });
    const { rtpCapabilities } = router;
    const plain = () =>
      router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
        rtcpMux: true,
        enableSrtp: true,
        srtpCryptoSuite,
      });
    const [direct, from, to] = await Promise.all([router.createDirectTransport(), plain(), plain()]);

    await connect(from, to);
    await connect(to, from);

    const producer = await direct.produce({
      kind: 'video',
      rtpParameters: { codecs: [codec], encodings: [{ ssrc: 1 }], rtcp: { cname: 'source' } },
    });
    const consumer = await from.consume({ producerId: producer.id, rtpCapabilities });
    const arrived = await to.produce({ kind: 'video', rtpParameters: consumer.rtpParameters });
    const viewer = await direct.consume({ producerId: arrived.id, rtpCapabilities });
    let sequence = 0;
    const sending = setInterval(() => {
      // An RTP header, and the first bytes of a VP8 key frame.
      const packet = Buffer.from([0x80, codec.payloadType, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x10, 0, 0, 0]);

      packet.writeUInt16BE(++sequence, 2);
      packet.writeUInt32BE(sequence * 3000, 4);
      producer.send(packet);
    }, 5);

    onTestFinished(() => clearInterval(sending));
    await vi.waitFor(
      async () => {
        await viewer.requestKeyFrame();
        const [received] = await arrived.getStats();
        const sent = (await consumer.getStats()).find(({ type }) => type === 'outbound-rtp');

        expect(received?.packetCount).toBeGreaterThan(20);
        // The request went back as RTCP.
        expect(sent?.pliCount).toBeGreaterThan(0);
      },
      { timeout: 30_000, interval: 100 },
    );
  },
);
