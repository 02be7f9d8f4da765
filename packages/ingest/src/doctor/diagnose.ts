import type { Finding } from '@spillway/protocol';
import { codecName } from './codec-name.ts';
import type { Examination, ExaminedAudio, ExaminedVideo, PacketLoss, Timing } from './examination.ts';
import { finding } from './findings.ts';
import { hasPlayablePixels, hasPlayableProfile, playableSound } from './playable.ts';

/** From here on something is worth a word. Seconds, bits per second, pixels, parts. */
const LONG_KEY_FRAME_INTERVAL = 2.1;
const HIGH_BITRATE = 8_000_000;
const LARGE_PICTURE = 1920 * 1088;
const MOST_PIXELS = 8192 * 4320;
const LOW_FRAME_RATE = 10;
const HIGH_FRAME_RATE = 61;
const LOST = 0.005;
const DRIFT = 0.02;
const OFFSET = 0.5;
/** Seconds and packets below which a clock cannot be judged. */
const MIN_SPAN = 2;
const MIN_PACKETS = 20;

/** What is worth knowing about an input, the worst first. */
export function diagnose(examination: Examination, loss = examination.loss): Finding[] {
  const { video, audio } = examination;
  const found = [
    ...(video ? videoFindings(video) : [finding('no-video')]),
    ...(audio ? audioFindings(audio) : [finding('no-audio')]),
    ...(video && audio ? offsetFindings(video.timing, audio.timing) : []),
    ...(loss ? lossFindings(loss) : []),
  ];
  const order = ['error', 'warning', 'info'];
  return found.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

function videoFindings(video: ExaminedVideo): Finding[] {
  const { codec, width, height, rotation, pixelAspect } = video;
  const pixels = width * height;
  const isH264 = codec === 'h264';
  const isCopied = isH264 || codec === 'vp8';
  return [
    ...when(pixels > MOST_PIXELS, () => finding('too-many-pixels', { width, height })),
    ...when(!isCopied, () => finding('video-codec', { codec: codecName(codec) })),
    ...when(isCopied, () => codingFindings(video)),
    ...when(video.interlaced === true, () => finding('interlaced')),
    ...when(rotation !== 0, () => finding('rotated', { rotation })),
    ...when(Math.abs(pixelAspect - 1) > 0.01, () =>
      finding('non-square-pixels', { pixelAspect: pixelAspect.toFixed(2) }),
    ),
    ...when(pixels > LARGE_PICTURE && pixels <= MOST_PIXELS, () =>
      finding('picture-large', { width, height }),
    ),
    ...frameRateFindings(video),
    // RTP has no times of decoding: FFmpeg's guesses of them go back where pictures are shown in another order.
    ...timingFindings('picture', video.bFrames ? { ...video.timing, backwards: 0 } : video.timing),
  ];
}

/** Of what is wrong only where the picture is sent as it comes. */
function codingFindings(video: ExaminedVideo): Finding[] {
  const { profile = '', pixelFormat = '', bFrames, keyFrameSeconds = 0, bitrate = 0 } = video;
  const badProfile = !hasPlayableProfile(video);
  return [
    ...when(badProfile, () => finding('video-profile', { profile })),
    ...when(!badProfile && !hasPlayablePixels(video), () => finding('pixel-format', { pixelFormat })),
    ...when(video.codec === 'h264' && bFrames, () => finding('b-frames')),
    ...when(keyFrameSeconds > LONG_KEY_FRAME_INTERVAL, () =>
      finding('long-key-frame-interval', { seconds: keyFrameSeconds.toFixed(1) }),
    ),
    ...when(bitrate > HIGH_BITRATE, () =>
      finding('bitrate-high', { megabits: (bitrate / 1_000_000).toFixed(1) }),
    ),
  ];
}

function frameRateFindings({ frameRate, variableFrameRate }: ExaminedVideo): Finding[] {
  if (!frameRate) return [finding('frame-rate-unknown')];
  return [
    ...when(variableFrameRate, () => finding('frame-rate-variable')),
    ...when(frameRate < LOW_FRAME_RATE, () => finding('frame-rate-low', { frameRate })),
    ...when(frameRate > HIGH_FRAME_RATE, () => finding('frame-rate-high', { frameRate })),
  ];
}

function audioFindings(audio: ExaminedAudio): Finding[] {
  const { codec, sampleRate, channels, timing } = audio;
  const undecodable = sampleRate === 0 || channels === 0;
  const { drift = 0, span, packets } = timing;
  const canJudge = span >= MIN_SPAN && packets >= MIN_PACKETS;
  return [
    ...when(undecodable, () => finding('audio-undecodable', { codec: codecName(codec) })),
    ...when(!undecodable && !playableSound(audio), () => finding('audio-codec', { codec: codecName(codec) })),
    ...when(canJudge && Math.abs(drift) > DRIFT, () =>
      finding('audio-clock', { percent: (drift * 100).toFixed(1) }),
    ),
    ...timingFindings('sound', timing),
  ];
}

function timingFindings(kind: 'picture' | 'sound', timing: Timing): Finding[] {
  const { missing, backwards, jumps, packets, span } = timing;
  const seconds = Math.max(span, 0.1).toFixed(1);
  return [
    ...when(missing > packets / 10, () => finding('timestamps-missing', { kind })),
    ...when(backwards > 0, () => finding('timestamps-backwards', { kind, count: backwards, seconds })),
    ...when(jumps > 0, () => finding('timestamps-jump', { kind, count: jumps, seconds })),
  ];
}

function offsetFindings(video: Timing, audio: Timing): Finding[] {
  if (video.start === undefined || audio.start === undefined) return [];
  const apart = Math.abs(video.start - audio.start);
  return when(apart > OFFSET, () => finding('audio-offset', { seconds: apart.toFixed(1) }));
}

function lossFindings({ received, lost }: PacketLoss): Finding[] {
  const part = received + lost > 0 ? lost / (received + lost) : 0;
  return when(part > LOST, () => finding('packet-loss', { percent: (part * 100).toFixed(1) }));
}

function when(condition: boolean, make: () => Finding | Finding[]): Finding[] {
  return condition ? [make()].flat() : [];
}
