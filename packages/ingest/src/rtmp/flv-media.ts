/* What the first bytes of audio and video messages tell (FLV 10.1, annex E.4; Enhanced RTMP 2, "ExVideoTagHeader"). */

/** One audio or video message. */
export interface FlvMedia {
  /** `header` decoders need it before all frames (sequence header); `key` a frame to start at; `other` any other frame. */
  readonly role: 'header' | 'key' | 'other';
  /** For people, such as `H.264`. */
  readonly codec: string;
  /** Which players know it: those of plain FLV, those of Enhanced RTMP, or those of an extension that never became a standard. */
  readonly form: 'plain' | 'enhanced' | 'unofficial';
}

const FOUR_CC: Readonly<Record<string, string>> = {
  avc1: 'H.264',
  hvc1: 'HEVC',
  av01: 'AV1',
  vp08: 'VP8',
  vp09: 'VP9',
  mp4a: 'AAC',
  Opus: 'Opus',
  fLaC: 'FLAC',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  '.mp3': 'MP3',
};
const VIDEO_CODECS: Readonly<Record<number, string>> = {
  2: 'H.263',
  4: 'VP6',
  5: 'VP6',
  7: 'H.264',
  12: 'HEVC',
};
const AVC = 7;
const UNOFFICIAL_HEVC = 12;
const AAC = 10;
const EX_AUDIO = 9;
const KEY_FRAME = 1;
const COMMAND_FRAME = 5;
/** Packet types of Enhanced RTMP. */
const EX_START = 0;
const EX_END = 2;
const EX_FRAMES: readonly number[] = [1, 3];
const UNKNOWN = 'an unknown codec';

/** Reads a video message; undefined when it holds no picture (commands, ends of sequences, nothing). */
export function readVideo(payload: Buffer): FlvMedia | undefined {
  const [first, second] = payload;
  if (first === undefined || second === undefined) return undefined;
  const key = ((first >> 4) & 7) === KEY_FRAME;
  if (((first >> 4) & 7) === COMMAND_FRAME) return undefined;
  if (first & 0x80) return readEnhanced(payload, first & 15, key ? 'key' : 'other');
  const id = first & 15;
  const codec = VIDEO_CODECS[id] ?? UNKNOWN;
  const form = id === UNOFFICIAL_HEVC ? 'unofficial' : 'plain';
  if (id !== AVC && id !== UNOFFICIAL_HEVC) return { role: key ? 'key' : 'other', codec, form };
  if (second === 0) return { role: 'header', codec, form };
  return second === 1 ? { role: key ? 'key' : 'other', codec, form } : undefined;
}

/** Reads an audio message; undefined when it holds no sound. */
export function readAudio(payload: Buffer): FlvMedia | undefined {
  const [first, second] = payload;
  if (first === undefined || second === undefined) return undefined;
  const format = first >> 4;
  if (format === EX_AUDIO) return readEnhanced(payload, first & 15, 'other');
  if (format !== AAC) return { role: 'other', codec: 'sound', form: 'plain' };
  return { role: second === 0 ? 'header' : 'other', codec: 'AAC', form: 'plain' };
}

function readEnhanced(payload: Buffer, packetType: number, frame: 'key' | 'other'): FlvMedia | undefined {
  if (packetType === EX_END || payload.length < 5) return undefined;
  const codec = FOUR_CC[payload.toString('latin1', 1, 5)] ?? UNKNOWN;
  const role = packetType === EX_START ? 'header' : EX_FRAMES.includes(packetType) ? frame : 'other';
  return { role, codec, form: 'enhanced' };
}
