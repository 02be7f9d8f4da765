import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RtpInput } from '@spillway/protocol';
import { findWorker } from '@spillway/worker';
import { createWorker } from 'mediasoup';
import type { Consumer, Router, Worker } from 'mediasoup/types';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { rtpOutputArgs } from '../ffmpeg/rtp-output.ts';
import { widthIn } from '../test-support/h264-size.ts';
import { mediasoupInlets } from '../test-support/mediasoup-inlets.ts';
import { parseRtp } from '../test-support/rtp-packet.ts';
import { waitFor } from '../test-support/wait-for.ts';
import { LayerRelay } from './layer-relay.ts';
import { PortAllocator } from './port-allocator.ts';
import { allocatePorts, inputsFor, StreamIds } from './rtp-inputs.ts';

const run = promisify(execFile);

/** The layers, lowest first; the highest is copied. */
const SIZES = [
  { width: 320, height: 180 },
  { width: 480, height: 270 },
  { width: 640, height: 360 },
] as const;
const FRAME_RATE = 25;
/** Decodes a frame at a time: with a frame for each core, encoded layers lag behind by as many, and mediasoup refuses to switch. */
const DECODER = ['-threads', '1'];

let undo: (() => unknown)[];
let folder: string;
let file: string;
let worker: Worker;
let router: Router;

// Where there is no worker yet, it is made: that takes minutes.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-layers-'));
  file = join(folder, 'top.mp4');
  const once = join(folder, 'once.mp4');
  const quiet = ['-v', 'error', '-nostdin'];
  const source = `testsrc2=size=640x360:rate=${FRAME_RATE}`;
  await run('ffmpeg', [...quiet, '-f', 'lavfi', '-i', source, '-t', '10', ...encoder(1_000_000, 2), once]);
  await run('ffmpeg', [...quiet, '-stream_loop', '11', '-i', once, '-c', 'copy', file]);
  const { path } = await findWorker();
  worker = await createWorker({ workerBin: path });
  router = await worker.createRouter({
    mediaCodecs: [
      {
        kind: 'video',
        mimeType: 'video/H264',
        clockRate: 90_000,
        parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' },
      },
    ],
  });
}, 900_000);

afterAll(async () => {
  worker?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  undo = [];
});

afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

/** @param gop key frame interval in seconds */
function encoder(bitrate: number, gop: number): string[] {
  return [
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
    ...['-bf', '0', '-g', `${gop * FRAME_RATE}`, '-sc_threshold', '0', '-pix_fmt', 'yuv420p'],
    ...['-b:v', `${bitrate}`, '-maxrate', `${bitrate}`, '-bufsize', `${bitrate / 2}`],
  ];
}

async function layerInputs(allocator: PortAllocator): Promise<RtpInput[]> {
  const ports = await allocatePorts({ video: true, listenAddress: '127.0.0.1' }, allocator);
  return inputsFor({ ports, codecs: ['H264'], ids: new StreamIds(), videoLayers: SIZES.length });
}

interface Listener {
  readonly packets: { readonly data: Buffer; readonly from: number }[];
  close(): Promise<void>;
}

async function listen(port: number): Promise<Listener> {
  const socket = createSocket('udp4');
  const packets: Listener['packets'] = [];
  socket.on('message', (data, { port: from }) => packets.push({ data, from }));
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  let open = true;
  const close = () => {
    if (open) socket.close();
    open = false;
    return closed;
  };
  undo.push(close);
  return { packets, close };
}

function rtpPacket(ssrc: number, sequence: number): Buffer {
  const packet = Buffer.alloc(20, sequence);
  packet.writeUInt16BE(0x8066, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

function senderReport(ssrc: number, ntp: number): Buffer {
  const report = Buffer.alloc(28);
  report.writeUInt32BE(0x80c8_0006, 0);
  report.writeUInt32BE(ssrc, 4);
  report.writeUInt32BE(ntp, 8);
  return report;
}

test('what comes for a layer goes on unchanged from one port; what is not of the layer does not', async () => {
  const layers = await layerInputs(new PortAllocator({ first: 21_520, last: 21_529 }));
  const [target] = layers;
  if (!target) throw new Error('No layers');
  const [rtp, rtcp] = [await listen(target.port), await listen(target.rtcpPort)];
  let lastPacketAt: readonly (number | undefined)[] = [];
  const relay = await LayerRelay.open({
    layers,
    onActivity: (moments) => {
      lastPacketAt = moments;
    },
  });
  undo.push(() => relay.close());
  expect(relay.inputs.map(({ ssrc }) => ssrc)).toEqual(layers.map(({ ssrc }) => ssrc));
  expect(new Set(relay.inputs.flatMap(({ port, rtcpPort }) => [port, rtcpPort])).size).toBe(6);

  const sender = createSocket('udp4');
  undo.push(() => sender.close());
  const [low, middle] = relay.inputs;
  if (!low || !middle) throw new Error('No inputs');
  const bye = Buffer.concat([senderReport(low.ssrc, 99), Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 0])]);
  const send = (data: Buffer, port: number) => sender.send(data, port, '127.0.0.1');
  send(senderReport(low.ssrc, 1), low.rtcpPort);
  await waitFor('the report', () => rtcp.packets.length === 1);
  for (const data of [
    Buffer.alloc(0),
    Buffer.alloc(40),
    rtpPacket(middle.ssrc, 1),
    Buffer.from('hello, world'),
  ])
    send(data, low.port);
  for (const data of [Buffer.alloc(3), senderReport(middle.ssrc, 2)]) send(data, low.rtcpPort);
  send(rtpPacket(low.ssrc, 2), low.port);
  send(rtpPacket(middle.ssrc, 3), middle.port);
  await waitFor('both layers', () => rtp.packets.length === 2);
  expect(rtp.packets.map(({ data }) => data)).toEqual(
    expect.arrayContaining([rtpPacket(low.ssrc, 2), rtpPacket(middle.ssrc, 3)]),
  );
  expect(new Set(rtp.packets.map(({ from }) => from)).size).toBe(1);

  // The report came before the first packet, so it comes again after it, and from then on now and then.
  await waitFor('the report again, twice', () => rtcp.packets.length >= 3);
  expect(rtcp.packets.every(({ data }) => data.equals(senderReport(low.ssrc, 1)))).toBe(true);
  send(senderReport(low.ssrc, 5), low.rtcpPort);
  send(bye, low.rtcpPort);
  await waitFor('the newer report again', () => {
    const after = rtcp.packets.findIndex(({ data }) => data.equals(bye));
    return after >= 0 && rtcp.packets.slice(after).some(({ data }) => data.equals(senderReport(low.ssrc, 5)));
  });
  expect(rtcp.packets.filter(({ data }) => data.equals(bye))).toHaveLength(1);
  expect(new Set(rtcp.packets.map(({ from }) => from)).size).toBe(1);
  await waitFor('activity', () => lastPacketAt.filter((moment) => moment !== undefined).length === 2);
  expect(lastPacketAt[2]).toBeUndefined();

  const { port } = low;
  relay.close();
  relay.close();
  await listen(port);
});

test('goes on when the inlet is closed for a while', async () => {
  const layers = await layerInputs(new PortAllocator({ first: 21_530, last: 21_539 }));
  const [target] = layers;
  if (!target) throw new Error('No layers');
  const relay = await LayerRelay.open({ layers });
  undo.push(() => relay.close());
  const sender = createSocket('udp4');
  let sequence = 0;
  const timer = setInterval(() => {
    sequence += 1;
    sender.send(rtpPacket(target.ssrc, sequence), relay.inputs[0]?.port ?? 0, '127.0.0.1');
  }, 10);
  undo.push(() => {
    clearInterval(timer);
    sender.close();
  });
  await waitFor('packets without an inlet', () => sequence > 10);
  const first = await listen(target.port);
  await waitFor('packets', () => first.packets.length > 3);
  await first.close();
  const before = sequence;
  await waitFor('packets without an inlet', () => sequence > before + 10);
  const second = await listen(target.port);
  await waitFor('packets again', () => second.packets.length > 3);
});

/** A viewer's consumer, in this process; without congestion control, because nobody answers here. */
async function consume(
  producerId: string,
): Promise<{ consumer: Consumer; frames: { timestamp: number }[]; widths: number[] }> {
  const transport = await router.createDirectTransport();
  undo.push(() => transport.close());
  const { codecs = [] } = router.rtpCapabilities;
  const rtpCapabilities = { codecs: codecs.map((codec) => ({ ...codec, rtcpFeedback: [] })) };
  const consumer = await transport.consume({ producerId, rtpCapabilities });
  const frames: { timestamp: number }[] = [];
  const widths: number[] = [];
  consumer.on('rtp', (data) => {
    const packet = parseRtp(data);
    if (!packet) return;
    const width = widthIn(packet.payload);
    if (width !== undefined && widths.at(-1) !== width) widths.push(width);
    if (frames.at(-1)?.timestamp !== packet.timestamp) frames.push({ timestamp: packet.timestamp });
  });
  return { consumer, frames, widths };
}

test('mediasoup switches between a copied layer and two that are encoded beside it', async () => {
  const layers = await layerInputs(new PortAllocator({ first: 21_540, last: 21_549 }));
  const opened = Promise.withResolvers<string>();
  const openInlet = mediasoupInlets(router, ({ producers }) => {
    const [producer] = producers.values();
    expect(producer?.type).toBe('simulcast');
    opened.resolve(producer?.id ?? '');
  });
  const inlet = await openInlet({
    ...{ inputs: layers, layers: [...SIZES], listenAddress: '127.0.0.1' },
    onLive: () => {},
    onRefused: () => {},
    onClosed: () => {},
  });
  undo.push(() => inlet.close());
  const relay = await LayerRelay.open({ layers });
  undo.push(() => relay.close());

  const [low, middle, top] = relay.inputs;
  if (!low || !middle || !top) throw new Error('No inputs');
  const clock = { startTimeUs: Date.now() * 1000 };
  const scaled = ({ width, height }: (typeof SIZES)[number]) => [
    '-map',
    '0:v',
    '-vf',
    `scale=${width}:${height}`,
  ];
  const args = [
    ...['-v', 'error', '-nostdin', '-re', ...DECODER, '-i', file],
    ...[...scaled(SIZES[0]), ...encoder(150_000, 1), ...rtpOutputArgs(low, clock)],
    ...[...scaled(SIZES[1]), ...encoder(400_000, 1), ...rtpOutputArgs(middle, clock)],
    ...['-map', '0:v', '-c:v', 'copy', '-bsf:v', 'h264_mp4toannexb', ...rtpOutputArgs(top, clock)],
  ];
  const pusher: ChildProcess = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  undo.push(() => {
    pusher.kill('SIGKILL');
    return waitFor('the end of FFmpeg', () => pusher.exitCode !== null || pusher.signalCode !== null);
  });

  const { consumer, frames, widths } = await consume(await opened.promise);
  for (const spatialLayer of [0, 2, 1, 0, 2, 0]) {
    await consumer.setPreferredLayers({ spatialLayer });
    await waitFor(`layer ${spatialLayer}`, () => widths.at(-1) === SIZES[spatialLayer]?.width);
    expect(consumer.currentLayers?.spatialLayer).toBe(spatialLayer);
    const { length } = frames;
    await waitFor('some frames', () => frames.length > length + FRAME_RATE);
  }
  const steps = frames
    .slice(1)
    .map(({ timestamp }, at) => ((timestamp - (frames[at]?.timestamp ?? 0)) | 0) / 90_000);
  // In seconds. A switch is a step like any other.
  expect(Math.max(...steps)).toBeLessThan(0.2);
  expect(Math.min(...steps)).toBeGreaterThan(-0.2);
  const received = await inlet.received();
  expect(received.video).toBeGreaterThan(0);
  expect(received.audio).toBe(0);
}, 120_000);
