import type {
  AudioPlan,
  Finding,
  InputAudio,
  InputVideo,
  PlannedPicture,
  RoomSourceStatus,
  SourceConfig,
  SourceState,
  SourceStatus,
  StreamAction,
  VideoPlan,
} from '@spillway/protocol';
import type { ApiError } from './api-request.ts';
import { formatBitrate, formatCodec, formatRate, formatResolution } from './format.ts';
import type { DraftFault } from './source-draft.ts';
import type { StudioText } from './texts.ts';

/* Which words and which look the state of a source has. */

/** A short text with the class of its badge. */
export interface Chip {
  text: StudioText;
  badge: '' | 'live' | 'warn' | 'bad' | 'busy';
}

const chips: Record<SourceState, Chip> = {
  idle: { text: 'sourceIdle', badge: '' },
  starting: { text: 'sourceStarting', badge: 'busy' },
  live: { text: 'sourceLive', badge: 'live' },
  stalled: { text: 'sourceStalled', badge: 'warn' },
  retrying: { text: 'sourceRetrying', badge: 'warn' },
  failed: { text: 'sourceFailed', badge: 'bad' },
};

export function stateChip(state: SourceState): Chip {
  return chips[state];
}

/** The state of a room's source, with why an idle one is idle and what a starting one waits for. */
export function sourceChip({ state, stopped, onDemand, config }: RoomSourceStatus): Chip {
  if (state === 'idle' && stopped) return { text: 'sourceStopped', badge: '' };
  if (state === 'idle' && onDemand) return { text: 'sourceAwaitsViewers', badge: '' };
  if (state === 'starting' && isPushed(config)) return { text: 'sourceAwaitsEncoder', badge: 'busy' };
  return stateChip(state);
}

/** Whether a start would change anything. */
export function mayStart({ state, stopped, onDemand }: RoomSourceStatus): boolean {
  return stopped || state === 'failed' || (state === 'idle' && !onDemand);
}

/** Whether a stop would change anything. */
export function mayStop({ state, stopped, onDemand }: RoomSourceStatus): boolean {
  return !stopped && (state !== 'idle' || onDemand);
}

/** Whether an encoder sends to the server, which only waits for it. */
function isPushed({ type }: SourceConfig): boolean {
  return type === 'rtmp' || type === 'srt' || type === 'rtp';
}

const typeTexts: Record<SourceConfig['type'], StudioText> = {
  test: 'typeTest',
  slate: 'typeSlate',
  rtp: 'typeRtp',
  rtsp: 'typeRtsp',
  file: 'typeFile',
  srt: 'typeSrt',
  rtmp: 'typeRtmp',
  device: 'typeDevice',
};

export function typeText({ type }: SourceConfig): StudioText {
  return typeTexts[type];
}

/** What tells a source from others of its type: a file's path, a camera's host. Empty where nothing does. */
export function sourceName(config: SourceConfig): string {
  switch (config.type) {
    case 'file': {
      const [first = '', ...more] = [config.file].flat();
      return more.length > 0 ? `${first} +${more.length}` : first;
    }
    case 'rtsp':
      return URL.canParse(config.url) ? new URL(config.url).host + new URL(config.url).pathname : config.url;
    case 'device':
      return [config.videoDevice, config.audioDevice].filter(Boolean).join(', ');
    default:
      return '';
  }
}

/** What the room shows. */
export function onAirText({ onAir }: Pick<RoomSourceStatus, 'onAir'>): StudioText {
  if (onAir === null) return 'onAirNothing';
  return onAir === 0 ? 'onAirFirst' : 'onAirBackup';
}

/** The source or backup that the room shows. */
export function onAirSource(status: RoomSourceStatus): SourceStatus | undefined {
  if (status.onAir === null) return undefined;
  return status.onAir === 0 ? status : status.backups[status.onAir - 1];
}

const actionTexts: Record<StreamAction, Chip> = {
  copy: { text: 'planCopy', badge: 'busy' },
  transcode: { text: 'planTranscode', badge: 'warn' },
  drop: { text: 'planDrop', badge: 'bad' },
};

/** From this many processor cores on, encoding is worth a warning. */
const DEAR_CORES = 0.1;

export function actionChip({ action, cores }: Pick<VideoPlan, 'action' | 'cores'>): Chip {
  const chip = actionTexts[action];
  return action === 'transcode' && cores < DEAR_CORES ? { ...chip, badge: 'busy' } : chip;
}

/** What encoding a stream costs, for `{cores}`; undefined where it is not encoded. */
export function costText({ action, cores }: Pick<VideoPlan, 'action' | 'cores'>): StudioText | undefined {
  if (action !== 'transcode') return undefined;
  return cores < DEAR_CORES ? 'planCheap' : 'planCores';
}

/** A stream as it comes in, such as `H.265 1920 × 1080, 25 fps`. `fps` writes a frame rate. */
export function inputWords(stream: InputVideo | InputAudio, fps: (rate: string) => string): string {
  const codec = formatCodec(stream.codec);
  const facts: string[] = [];
  if (stream.kind === 'video') {
    facts.push(`${codec} ${formatResolution(stream.width, stream.height)}`);
    if (stream.frameRate) facts.push(fps(formatRate(stream.frameRate)));
  } else {
    facts.push(codec);
    if (stream.sampleRate) facts.push(`${stream.sampleRate / 1000} kHz`);
  }
  if (stream.bitrate) facts.push(formatBitrate(stream.bitrate));
  return facts.join(', ');
}

/** What viewers receive; empty when nothing. */
export function planWords(plan: VideoPlan | AudioPlan, fps: (rate: string) => string): string {
  if (!plan.codec) return '';
  const codec = formatCodec(plan.codec);
  if (!('layers' in plan)) {
    return [codec, plan.bitrate && formatBitrate(plan.bitrate)].filter(Boolean).join(', ');
  }
  const top = plan.picture ? `${codec} ${pictureWords(plan.picture, fps)}` : codec;
  return [top, ...plan.layers.map(({ width, height }) => formatResolution(width, height))].join(' + ');
}

function pictureWords(
  { width, height, frameRate, bitrate }: PlannedPicture,
  fps: (rate: string) => string,
): string {
  const facts = [formatResolution(width, height)];
  if (frameRate) facts.push(fps(formatRate(frameRate)));
  if (bitrate) facts.push(formatBitrate(bitrate));
  return facts.join(', ');
}

const severities: Record<Finding['severity'], StudioText> = {
  info: 'severityInfo',
  warning: 'severityWarning',
  error: 'severityError',
};

export function severityText({ severity }: Finding): StudioText {
  return severities[severity];
}

const faults: Record<DraftFault, StudioText> = {
  'no-file': 'faultNoFile',
  'no-url': 'faultNoUrl',
  'not-rtsp': 'faultNotRtsp',
};

export function faultText(fault: DraftFault): StudioText {
  return faults[fault];
}

/** Words for a request that failed. `{detail}` is the server's sentence. */
export function requestText({ status }: Pick<ApiError, 'status'>): StudioText {
  if (status === 0) return 'failUnreachable';
  return status === 401 || status === 403 ? 'sourceRefused' : 'failOther';
}
