import { type CodecWish, codecPreference, isQualityName, type QualityName } from '@spillway/client/publish';
import { type DestinationKind, isDestinationKind } from './destination.ts';

/** Choices that this browser remembers. */
export interface Preferences {
  /** Empty: the browser's choice. */
  cameraId: string;
  /** Empty: the browser's choice. */
  microphoneId: string;
  quality: QualityName;
  codec: CodecWish;
  destination: DestinationKind;
  /** URL of the other server's WHIP endpoint; its token is not remembered here. */
  whipUrl: string;
  whipLayers: boolean;
}

const STORAGE_KEY = 'spillway.studio';

export const defaultPreferences: Preferences = {
  cameraId: '',
  microphoneId: '',
  quality: '720p',
  codec: 'auto',
  destination: 'here',
  whipUrl: '',
  whipLayers: false,
};

export function isCodecWish(value: unknown): value is CodecWish {
  return value === 'auto' || codecPreference.some((codec) => codec === value);
}

export function parsePreferences(text: string | null): Preferences {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '');
  } catch {
    return defaultPreferences;
  }
  if (typeof stored !== 'object' || stored === null) return defaultPreferences;
  const fields: Record<string, unknown> = { ...stored };
  const { cameraId, microphoneId, quality, codec, destination, whipUrl, whipLayers } = fields;
  return {
    cameraId: typeof cameraId === 'string' ? cameraId : defaultPreferences.cameraId,
    microphoneId: typeof microphoneId === 'string' ? microphoneId : defaultPreferences.microphoneId,
    quality: isQualityName(quality) ? quality : defaultPreferences.quality,
    codec: isCodecWish(codec) ? codec : defaultPreferences.codec,
    destination: isDestinationKind(destination) ? destination : defaultPreferences.destination,
    whipUrl: typeof whipUrl === 'string' ? whipUrl : defaultPreferences.whipUrl,
    whipLayers: whipLayers === true,
  };
}

export function loadPreferences(): Preferences {
  return parsePreferences(localStorage.getItem(STORAGE_KEY));
}

export function savePreferences(preferences: Preferences): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(preferences));
}
