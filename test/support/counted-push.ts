import { runFfmpeg } from './encoder.ts';
import { counterStrip, frameCounterFilter } from './frame-counter.ts';
import type { ShellCommand } from './shell.ts';

/** Of pushed pictures. A group of pictures is 4 s long, unless a test asks for another length. */
export const countedRate = { framesPerSecond: 30, framesPerGop: 120 } as const;

export type CountedCodec = 'H264' | 'VP8' | 'VP9';

const VPX = ['-deadline', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0', '-auto-alt-ref', '0'];
const ENCODERS: Record<CountedCodec, readonly string[]> = {
  H264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
  VP8: ['-c:v', 'libvpx', ...VPX],
  VP9: ['-c:v', 'libvpx-vp9', ...VPX],
};

/** Where one medium is pushed to, and as what. */
export interface PushTarget {
  readonly port: number;
  readonly rtcpPort: number;
  readonly payloadType: number;
  readonly ssrc: number;
}

/**
 * Lets FFmpeg push, by plain RTP on this machine, pictures that show their numbers, with a key frame every 4 s, and a tone.
 * Ended with the test at the latest.
 *
 * @param framesPerGop default 120: 4 s
 */
export function pushCounted(
  codec: CountedCodec,
  video: PushTarget,
  audio: PushTarget,
  framesPerGop: number = countedRate.framesPerGop,
): ShellCommand {
  const gop = `${framesPerGop}`;
  const picture = `testsrc2=size=${counterStrip.width}x180:rate=${countedRate.framesPerSecond}`;
  return runFfmpeg([
    ...['-re', '-f', 'lavfi', '-i', picture],
    ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
    ...['-map', '0:v', '-vf', frameCounterFilter(), '-pix_fmt', 'yuv420p', ...ENCODERS[codec]],
    ...['-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-bf', '0', '-threads', '1'],
    ...['-b:v', '600k', '-maxrate', '600k', '-bufsize', '300k', ...output(video)],
    ...['-map', '1:a', '-c:a', 'libopus', '-ac', '2', '-b:a', '48k', ...output(audio)],
  ]);
}

function output({ port, rtcpPort, payloadType, ssrc }: PushTarget): string[] {
  const stream = ['-payload_type', `${payloadType}`, '-ssrc', `${ssrc}`];
  const url = `rtp://127.0.0.1:${port}?rtcpport=${rtcpPort}&pkt_size=1200`;
  // VP9 by RTP counts as experimental in FFmpeg 5.
  return ['-strict', 'experimental', '-f', 'rtp', ...stream, url];
}
