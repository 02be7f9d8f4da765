import type { AudioPlan, InputVideo, PlannedPicture, RtpInput, VideoPlan } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { BASELINE, media, moving, tone } from '../doctor/test-media.ts';
import { nalTypes, type RtpPacket } from '../test-support/rtp-packet.ts';
import { startRtspServer } from '../test-support/rtsp-server.ts';
import { outputArgs } from './output-args.ts';
import { capture, type Received } from './test-capture.ts';

/** Timestamps and NAL unit types of each frame. */
function frames(packets: readonly RtpPacket[]): { timestamp: number; nals: number[] }[] {
  const all: { timestamp: number; nals: number[] }[] = [];
  for (const { timestamp, payload } of packets) {
    if (all.at(-1)?.timestamp !== timestamp) all.push({ timestamp, nals: [] });
    all.at(-1)?.nals.push(...nalTypes(payload));
  }
  return all;
}

/** Ticks after the first. */
function ticks(packets: readonly RtpPacket[]): number[] {
  const first = packets[0]?.timestamp ?? 0;
  return [...new Set(packets.map(({ timestamp }) => (timestamp - first) >>> 0))];
}

/** Where a sender report puts the first packet on the wall clock, in seconds. */
function clockOfFirst({ packets, reports }: Received, rate: number): number {
  const [report] = reports;
  if (!report) throw new Error('No sender report came');
  return report.ntp - ((report.timestamp - (packets[0]?.timestamp ?? 0)) | 0) / rate;
}

const startTimeUs = Date.now() * 1000;
const inputVideo: InputVideo = {
  kind: 'video',
  codec: 'h264',
  width: 320,
  height: 180,
  frameRate: 25,
  bFrames: false,
};
const copyAudio: AudioPlan = { action: 'copy', reason: '', codec: 'opus', cores: 0 };

function videoPlan(action: 'copy' | 'transcode', layers: readonly number[], rate = 25): VideoPlan {
  const picture = (height: number): PlannedPicture => ({
    width: Math.round((height * 16) / 18) * 2,
    height,
    frameRate: rate,
    bitrate: 200_000,
  });
  return {
    action,
    reason: '',
    codec: 'H264',
    encoder: 'libx264',
    picture: picture(180),
    layers: layers.map(picture),
    cores: 0,
  };
}

const h264 = (name: string, ...more: readonly string[]) =>
  media(name, ...moving(3, '320x180', '30000/1001'), ...BASELINE, ...more);

test.concurrent.each(['copy.mp4', 'copy.flv', 'copy.mkv', 'copy.ts'])(
  'of a copied %s each key frame comes with its parameter sets, once',
  async (name) => {
    const file = await h264(name);
    const format = name.replace('copy.', '');
    const [video] = await capture(['-re', '-i', file], ['H264'], (outputs) =>
      outputArgs({ video: videoPlan('copy', []), videoOutputs: outputs, inputVideo, format, startTimeUs }),
    );
    const all = frames(video?.packets ?? []);
    expect(all).toHaveLength(90);
    const keys = all.filter(({ nals }) => nals.includes(5));
    expect(keys).toHaveLength(4);
    for (const { nals } of keys) expect(nals.filter((type) => type !== 5)).toEqual([7, 8]);
    for (const { nals } of all) expect(nals.filter((type) => [6, 9, 12].includes(type))).toEqual([]);
  },
);

test.concurrent('a copied picture and its encoded layers have the same timestamps and the same clock', async () => {
  const file = await h264('layers.flv');
  const received = await capture(['-re', '-i', file], ['H264', 'H264', 'H264'], (outputs) =>
    outputArgs({ video: videoPlan('copy', [90, 120]), videoOutputs: outputs, inputVideo, startTimeUs }),
  );
  const [low, middle, top] = received;
  if (!low || !middle || !top) throw new Error('Outputs are missing');
  expect(ticks(top.packets)).toHaveLength(90);
  expect(ticks(low.packets)).toEqual(ticks(top.packets));
  expect(ticks(middle.packets)).toEqual(ticks(top.packets));
  const clocks = received.map((one) => clockOfFirst(one, 90_000));
  expect(Math.max(...clocks) - Math.min(...clocks)).toBeLessThan(0.003);
  expect(Math.abs((clocks[0] ?? 0) - startTimeUs / 1e6)).toBeLessThan(1);

  const keys = frames(low.packets).flatMap(({ timestamp, nals }) => {
    return nals.includes(5) ? [(timestamp - (low.packets[0]?.timestamp ?? 0)) >>> 0] : [];
  });
  expect(keys.map((key) => Math.round(key / 90_000))).toEqual([0, 1, 2]);
  for (const { nals } of frames(low.packets).filter(({ nals }) => nals.includes(5))) {
    expect(nals.filter((type) => type === 7 || type === 8)).toEqual([7, 8]);
  }
});

test.concurrent('frames beyond the planned rate are left out, and the others keep their time', async () => {
  const file = await media('fast.mp4', ...moving(2, '320x180', '50'), ...BASELINE);
  const [low, top] = await capture(['-re', '-i', file], ['H264', 'H264'], (outputs) =>
    outputArgs({
      video: videoPlan('transcode', [90], 25),
      videoOutputs: outputs,
      inputVideo: { ...inputVideo, frameRate: 50 },
      startTimeUs,
    }),
  );
  expect(ticks(top?.packets ?? [])).toEqual(Array.from({ length: 50 }, (_, index) => index * 3600));
  expect(ticks(low?.packets ?? [])).toEqual(ticks(top?.packets ?? []));
});

test.concurrent('a copied VP8 with a layer', async () => {
  const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-c:a', 'libopus'];
  const file = await media('copy.webm', ...moving(2), ...tone(2), ...vp8);
  const [low, top, audio] = await capture(['-re', '-i', file], ['VP8', 'VP8', 'opus'], (outputs) =>
    outputArgs({
      video: { ...videoPlan('copy', [90]), codec: 'VP8', encoder: 'libvpx' },
      audio: copyAudio,
      videoOutputs: outputs.slice(0, 2),
      audioOutput: outputs[2],
      inputVideo: { ...inputVideo, codec: 'vp8' },
      startTimeUs,
    }),
  );
  expect(ticks(top?.packets ?? [])).toHaveLength(50);
  expect(ticks(low?.packets ?? [])).toEqual(ticks(top?.packets ?? []));
  const sound = ticks(audio?.packets ?? []);
  expect(sound.length).toBeGreaterThan(95);
  expect(sound.slice(2).map((tick, index) => tick - (sound[index + 1] ?? 0))).toEqual(
    Array(sound.length - 2).fill(960),
  );
});

test.concurrent('copied G.711 goes out in packets of at most 20 ms', async () => {
  const file = await media('g711.mov', ...tone(2), '-ar', '8000', '-ac', '1', '-c:a', 'pcm_mulaw');
  const [audio] = await capture(['-re', '-i', file], ['PCMU'], (outputs) =>
    outputArgs({
      audio: { ...copyAudio, codec: 'PCMU' },
      videoOutputs: [],
      audioOutput: outputs[0],
      startTimeUs,
    }),
  );
  const packets = audio?.packets ?? [];
  expect(Math.max(...packets.map(({ payload }) => payload.length))).toBe(160);
  expect(packets.reduce((sum, { payload }) => sum + payload.length, 0)).toBe(16_000);
});

test.concurrent('encoded sound stays with the picture over a gap in its timestamps', async () => {
  const hole = `aselect='not(between(t,1,2))'`;
  const file = await media('hole.mkv', ...tone(3), '-af', hole, '-c:a', 'pcm_s16le');
  const [audio] = await capture(['-re', '-i', file], ['opus'], (outputs) =>
    outputArgs({
      audio: { action: 'transcode', reason: '', codec: 'opus', bitrate: 64_000, cores: 0 },
      videoOutputs: [],
      audioOutput: outputs[0],
      startTimeUs,
    }),
  );
  const all = ticks(audio?.packets ?? []);
  expect((all.at(-1) ?? 0) / 48_000).toBeGreaterThan(2.9);
  expect(all.length).toBeGreaterThan(145);
});

test.concurrent('H264 of an RTSP camera is copied with its parameter sets before each key frame, beside a layer', async () => {
  const server = await startRtspServer({ mounts: { '/cam': 'h264' } });
  try {
    const input = ['-rtsp_transport', 'tcp', '-t', '3', '-i', server.url('/cam')];
    const received = await capture(input, ['H264', 'H264'], (outputs) =>
      outputArgs({ video: videoPlan('copy', [180]), videoOutputs: outputs, inputVideo, startTimeUs }),
    );
    const [low, top] = received.map(({ packets }) => frames(packets));
    expect(top?.length).toBeGreaterThan(50);
    const keys = top?.filter(({ nals }) => nals.includes(5)) ?? [];
    expect(keys.length).toBeGreaterThan(1);
    // This server itself sends them twice.
    for (const { nals } of keys) expect(nals.filter((type) => type !== 5)).toEqual([7, 8, 7, 8]);
    // The decoder may begin a frame later.
    expect(low?.length).toBeGreaterThan((top?.length ?? 0) - 3);
    const clocks = received.map((one) => clockOfFirst(one, 90_000));
    expect(Math.abs((clocks[0] ?? 0) - (clocks[1] ?? 0))).toBeLessThan(0.085);
  } finally {
    await server.stop();
  }
});

test('names the passthrough of timestamps as the version of FFmpeg does', () => {
  const options = { video: videoPlan('transcode', []), startTimeUs } as const;
  const videoOutputs: RtpInput[] = [
    {
      kind: 'video',
      codec: 'H264',
      address: '127.0.0.1',
      port: 5000,
      rtcpPort: 5001,
      ssrc: 1,
      payloadType: 96,
    },
  ];
  expect(outputArgs({ ...options, videoOutputs })).toContain('-fps_mode');
  const version = { major: 4, minor: 4 };
  expect(outputArgs({ ...options, videoOutputs, version })).toContain('-vsync');
});
