// The self-test's process: node self-test-peer.ts <path of a mediasoup-worker>. Exits with 0 when all is well, or
// with 1 and the reason on standard error.

import type { types } from 'mediasoup';
import { createWorker } from 'mediasoup';
import nodeDataChannel from 'node-datachannel';
import { reasonOf } from './errors.ts';

const START_LIMIT_MS = 15_000;
const STEP_LIMIT_MS = 30_000;
const PACKETS_EACH_WAY = 25;
const PACKET_INTERVAL_MS = 10;
const PAYLOAD_TYPE = 111;
const PEER_SSRC = 0x5b111a4e;

/** Fails by itself after a while, naming what was waited for. */
async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what}: not within ${ms / 1000} s`)), ms);

  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function sha256Fingerprint(sdp: string): string {
  const value = /^a=fingerprint:sha-256 (\S+)/im.exec(sdp)?.[1];

  if (value === undefined) {
    throw new Error('the test peer offered no SHA-256 fingerprint');
  }

  return value;
}

/** The transport's answer to the peer's offer: it receives what the peer sends as 0, and sends the consumer as 1. */
function answer(transport: types.WebRtcTransport, consumer: types.Consumer): string {
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  const candidate = iceCandidates[0];
  const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;

  if (!fingerprint || !candidate || ssrc === undefined) {
    throw new Error('the worker gave no fingerprint, candidate or SSRC');
  }

  const section = (mid: number, direction: string, more: readonly string[] = []) => [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${PAYLOAD_TYPE}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
    `a=rtpmap:${PAYLOAD_TYPE} opus/48000/2`,
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    'a=setup:passive',
    ...more,
    `a=candidate:${candidate.foundation} 1 udp ${candidate.priority} ${candidate.address} ${candidate.port} typ host`,
    'a=end-of-candidates',
  ];

  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'a=ice-lite',
    ...section(0, 'recvonly'),
    ...section(1, 'sendonly', [`a=ssrc:${ssrc} cname:worker`]),
    '',
  ].join('\r\n');
}

/** RFC 3550 packets of Opus silence, one after the other. */
function* packets(): Generator<Buffer, never> {
  for (let sequence = 0; ; sequence++) {
    const packet = Buffer.from([0x80, PAYLOAD_TYPE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0xff, 0xfe]);

    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE((sequence * 960) >>> 0, 4);
    packet.writeUInt32BE(PEER_SSRC, 8);
    yield packet;
  }
}

async function connectAndExchange(worker: types.Worker): Promise<void> {
  const router = await worker.createRouter({
    mediaCodecs: [
      {
        kind: 'audio',
        mimeType: 'audio/opus',
        clockRate: 48000,
        channels: 2,
        preferredPayloadType: PAYLOAD_TYPE,
      },
    ],
  });
  const transport = await router.createWebRtcTransport({
    listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
  });
  const peer = new nodeDataChannel.PeerConnection('self-test', {
    iceServers: [],
    bindAddress: '127.0.0.1',
    disableAutoNegotiation: true,
  });
  const sent = new nodeDataChannel.Audio('0', 'SendOnly');
  const received = new nodeDataChannel.Audio('1', 'RecvOnly');

  sent.addOpusCodec(PAYLOAD_TYPE);
  sent.addSSRC(PEER_SSRC, 'peer', 'peer', 'peer');
  received.addOpusCodec(PAYLOAD_TYPE);

  const outgoing = peer.addTrack(sent);
  const incoming = peer.addTrack(received);
  const offered = new Promise<string>((resolve) => peer.onLocalDescription((sdp) => resolve(sdp)));
  const opened = new Promise<void>((resolve) => outgoing.onOpen(resolve));
  const connected = new Promise<void>((resolve, reject) => {
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') {
        resolve();
      } else if (state === 'failed' || state === 'closed') {
        reject(new Error(`the DTLS handshake ${state}`));
      }
    });
  });
  let count = 0;
  const heard = new Promise<void>((resolve) => {
    incoming.onMessage((packet) => {
      // RTCP shares the way (RFC 5761).
      count += (packet.readUInt8(1) & 0x7f) === PAYLOAD_TYPE ? 1 : 0;
      if (count === PACKETS_EACH_WAY) {
        resolve();
      }
    });
  });

  peer.setLocalDescription('offer');
  const offer = await within(STEP_LIMIT_MS, 'offer of the test peer', offered);
  const producer = await transport.produce({
    kind: 'audio',
    rtpParameters: {
      mid: '0',
      codecs: [{ mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48000, channels: 2 }],
      encodings: [{ ssrc: PEER_SSRC }],
      rtcp: { cname: 'peer' },
    },
  });
  const consumer = await transport.consume({
    producerId: producer.id,
    rtpCapabilities: router.rtpCapabilities,
  });

  await transport.connect({
    dtlsParameters: {
      role: 'client',
      fingerprints: [{ algorithm: 'sha-256', value: sha256Fingerprint(offer) }],
    },
  });
  peer.setRemoteDescription(answer(transport, consumer), 'answer');
  await within(STEP_LIMIT_MS, 'DTLS handshake', Promise.all([connected, opened]));

  const source = packets();
  const sending = setInterval(() => {
    outgoing.sendMessageBinary(source.next().value);
  }, PACKET_INTERVAL_MS);

  try {
    await within(STEP_LIMIT_MS, 'SRTP from the test peer through the worker and back', heard);
  } finally {
    clearInterval(sending);
  }

  const [stats] = await producer.getStats();

  if (stats === undefined || stats.packetCount < PACKETS_EACH_WAY) {
    throw new Error(`the worker counted ${stats?.packetCount ?? 0} packets`);
  }
  peer.close();
}

async function start(workerBin: string): Promise<types.Worker> {
  try {
    return await createWorker({ workerBin, logLevel: 'error' });
  } catch (error) {
    throw new Error('the worker did not start', { cause: error });
  }
}

async function main(workerBin: string): Promise<void> {
  const worker = await within(START_LIMIT_MS, 'start of the worker', start(workerBin));
  const died = new Promise<never>((_, reject) => {
    worker.on('died', (error) => reject(new Error('the worker died', { cause: error })));
  });

  await Promise.race([died, connectAndExchange(worker)]);
  worker.close();
}

const workerBin = process.argv[2];

try {
  if (workerBin === undefined) {
    throw new Error('usage: self-test-peer.ts <path of a mediasoup-worker>');
  }
  await main(workerBin);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
}
