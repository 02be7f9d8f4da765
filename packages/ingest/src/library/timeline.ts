import type { MediaFile } from './media-file.ts';

/** Where a file has to be cut so that its picture goes on with the next one without a gap. Seconds on the file's own clock. */
export interface Timeline {
  /** Its first timestamp. */
  readonly start: number;
  /** Where its picture begins; sound may begin a little earlier. */
  readonly videoStart: number;
  /** Where its last picture ends. */
  readonly end: number;
  /** Where reading has to end, because sound outlasts the picture; undefined: read all. */
  readonly cut?: number | undefined;
}

/** A picture that begins later than that does so on purpose. */
const MAX_LEAD = 0.2;
/** Timestamps are rounded, in Matroska to milliseconds. */
const ROUNDING = 0.002;
const MAX_PACKETS = 100_000;

/** Arguments of ffprobe that make it write the packets from a time on, as `TailReader` reads them. */
export function tailArgs(fromSeconds: number): string[] {
  const entries = 'packet=stream_index,pts_time,dts_time,duration_time';
  return ['-read_intervals', `${fromSeconds.toFixed(3)}%`, '-show_entries', entries, '-of', 'csv=p=0'];
}

/** Reads the last packets of a file, in their order, and finds out where it ends. */
export class TailReader {
  readonly #media: MediaFile;
  readonly #packets: { readonly video: boolean; readonly dts: number }[] = [];
  #end = Number.NEGATIVE_INFINITY;
  #lastVideoDts = Number.NEGATIVE_INFINITY;

  constructor(media: MediaFile) {
    this.#media = media;
  }

  /** Whether a picture was among them. */
  get found(): boolean {
    return this.#end > Number.NEGATIVE_INFINITY;
  }

  /** Takes a line of ffprobe. */
  read(line: string): void {
    const [stream, ptsText, dtsText, durationText] = line.split(',');
    const pts = time(ptsText) ?? time(dtsText);
    const dts = time(dtsText) ?? pts;
    if (pts === undefined || dts === undefined) return;
    const { video, audio } = this.#media;
    const isVideo = stream === `${video?.index}`;
    if (!isVideo && stream !== `${audio?.index}`) return;
    if (this.#packets.length < MAX_PACKETS) this.#packets.push({ video: isVideo, dts });
    if (!isVideo) return;
    const frame = time(durationText) || 1 / (video?.frameRate || 25);
    this.#end = Math.max(this.#end, pts + frame);
    this.#lastVideoDts = Math.max(this.#lastVideoDts, dts);
  }

  timeline(): Timeline {
    const { start, duration = 0, video } = this.#media;
    const begins = video?.start ?? start;
    const videoStart = begins > start && begins - start <= MAX_LEAD ? begins : start;
    const end = this.found ? this.#end : start + duration;
    return { start, videoStart, end, cut: this.#cut(end, videoStart - start) };
  }

  /** FFmpeg ends a file at the first packet of any stream from the cut on: no picture may come after that. */
  #cut(end: number, lead: number): number | undefined {
    if (!this.found || this.#packets.length >= MAX_PACKETS) return undefined;
    const cut = Math.max(end - lead - ROUNDING, this.#lastVideoDts + ROUNDING / 2);
    const first = this.#packets.findIndex(({ dts }) => dts >= cut);
    if (first < 0 || this.#packets.slice(first).some((packet) => packet.video)) return undefined;
    return cut;
  }
}

function time(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
