import type { LayerName, RoomSourceConfig, SourceConfig } from '@spillway/protocol';

/** What the page offers to play from the server. */
const sourceKinds = ['file', 'camera', 'encoder', 'test'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Lower layers that the page offers, lowest first. */
export const offeredLayers = ['180p', '540p'] as const satisfies readonly LayerName[];

/** A source as it is being filled in. Holds passwords: never to be stored. */
export interface SourceDraft {
  readonly kind: SourceKind;
  /** Path in the video library; empty: none chosen yet. */
  readonly file: string;
  readonly loop: boolean;
  /** A camera of the server; empty: one in the network, by its URL. */
  readonly videoDevice: string;
  /** A microphone of the server, beside a camera of the server; empty: none. */
  readonly audioDevice: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly protocol: 'rtmp' | 'srt';
  readonly layers: readonly LayerName[];
  readonly onDemand: boolean;
  /** Whether a still picture takes its place while it is down. */
  readonly slate: boolean;
}

export const emptyDraft: SourceDraft = {
  kind: 'file',
  file: '',
  loop: true,
  videoDevice: '',
  audioDevice: '',
  url: '',
  username: '',
  password: '',
  protocol: 'rtmp',
  layers: [],
  onDemand: false,
  slate: false,
};

/** What a draft still lacks. */
export type DraftFault = 'no-file' | 'no-url' | 'not-rtsp';

const RTSP_URL = /^rtsps?:\/\/[\x21-\x7e]+$/;

/** The URL of a camera as typed, whose scheme may be left out. */
export function cameraUrl(typed: string): string {
  const url = typed.trim();
  return url === '' || url.includes('://') ? url : `rtsp://${url}`;
}

/** What is wrong with a draft; undefined when it can be started. */
export function draftFault({ kind, file, videoDevice, url }: SourceDraft): DraftFault | undefined {
  if (kind === 'file') return file === '' ? 'no-file' : undefined;
  if (kind !== 'camera' || videoDevice !== '') return undefined;
  if (url.trim() === '') return 'no-url';
  return RTSP_URL.test(cameraUrl(url)) ? undefined : 'not-rtsp';
}

/** The kind under which the page offers a type of source. */
export function kindOf(type: SourceConfig['type']): SourceKind {
  if (type === 'file' || type === 'test') return type;
  if (type === 'rtsp' || type === 'device') return 'camera';
  return type === 'srt' || type === 'rtmp' ? 'encoder' : 'file';
}

/** Whether it can wait for viewers. A listener must be there before its encoder comes. */
export function canWait({ kind }: SourceDraft): boolean {
  return kind !== 'encoder';
}

/** A draft without faults as the server takes it. */
export function draftConfig(draft: SourceDraft): RoomSourceConfig {
  return {
    ...inputOf(draft),
    ...(draft.onDemand && canWait(draft) ? { onDemand: true } : {}),
    ...(draft.slate ? { backups: [{ type: 'slate' }] } : {}),
  };
}

/** Its input alone, as the doctor takes it. */
export function inputOf(draft: SourceDraft): SourceConfig {
  const chosen = offeredLayers.filter((layer) => draft.layers.includes(layer));
  const layers = chosen.length > 0 ? { layers: chosen } : {};
  switch (draft.kind) {
    case 'file':
      return { type: 'file', file: draft.file, loop: draft.loop, ...layers };
    case 'camera':
      if (draft.videoDevice) {
        return { type: 'device', videoDevice: draft.videoDevice, ...given('audioDevice', draft), ...layers };
      }
      return {
        type: 'rtsp',
        url: cameraUrl(draft.url),
        ...given('username', draft),
        ...given('password', draft),
        ...layers,
      };
    case 'encoder':
      return { type: draft.protocol, ...layers };
    case 'test':
      return { type: 'test' };
  }
}

/** One key of the draft where it is not empty. */
function given<K extends 'audioDevice' | 'username' | 'password'>(
  key: K,
  draft: SourceDraft,
): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  if (draft[key] !== '') found[key] = draft[key];
  return found;
}
