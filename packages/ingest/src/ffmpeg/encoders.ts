/** What a live encoder is to make. */
export interface VideoEncoding {
  readonly codec: 'H264' | 'VP8';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly frameRate: number;
  /** Bits per second, also the most in any half second. */
  readonly bitrate: number;
  /** Seconds between key frames. FFmpeg ignores requests for one, so this is the longest wait of a viewer who joins. */
  readonly keyFrameInterval: number;
}

/** Above this many pixels a second one thread of a small machine cannot be relied on. */
const PIXELS_PER_THREAD = 1920 * 1080 * 30;

/** Arguments for video that every browser decodes, without delay. */
export function videoEncoderArgs(encoding: VideoEncoding): string[] {
  const { codec, width, height, frameRate, bitrate, keyFrameInterval } = encoding;
  const gop = `${Math.max(1, Math.round(frameRate * keyFrameInterval))}`;
  const threads = Math.min(4, Math.ceil((width * height * frameRate) / PIXELS_PER_THREAD));
  return [
    ...(codec === 'H264' ? h264Args(gop) : vp8Args(gop)),
    ...['-threads', `${threads}`, '-pix_fmt', 'yuv420p', '-r', `${frameRate}`],
    ...['-b:v', `${bitrate}`, '-maxrate', `${bitrate}`, '-bufsize', `${Math.round(bitrate / 2)}`],
  ];
}

/** Constrained baseline: no B-frames, which browsers do not decode from RTP. */
function h264Args(gop: string): string[] {
  return [
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
    ...['-bf', '0', '-g', gop, '-keyint_min', gop, '-sc_threshold', '0'],
  ];
}

function vp8Args(gop: string): string[] {
  return [
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-error-resilient', '1'],
    ...['-lag-in-frames', '0', '-auto-alt-ref', '0', '-g', gop, '-keyint_min', gop],
  ];
}

/** Arguments for Opus as WebRTC has it: 48 kHz, stereo, 20 ms a packet. `bitrate` in bits per second. */
export function opusArgs(bitrate = 64_000): string[] {
  return [
    ...['-c:a', 'libopus', '-b:a', `${bitrate}`, '-ar', '48000', '-ac', '2'],
    ...['-application', 'lowdelay', '-frame_duration', '20'],
  ];
}
