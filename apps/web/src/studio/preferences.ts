import { type CodecWish, codecPreference, isQualityName, type QualityName } from '@spillway/client/publish';

/** Choices that this browser remembers. */
export interface Preferences {
  /** Empty: the browser's choice. */
  cameraId: string;
  /** Empty: the browser's choice. */
  microphoneId: string;
  quality: QualityName;
  codec: CodecWish;
}

const STORAGE_KEY = 'spillway.studio';

export const defaultPreferences: Preferences = {
  cameraId: '',
  microphoneId: '',
  quality: '720p',
  codec: 'auto',
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
  const { cameraId, microphoneId, quality, codec }: Record<string, unknown> = { ...stored };
  return {
    cameraId: typeof cameraId === 'string' ? cameraId : defaultPreferences.cameraId,
    microphoneId: typeof microphoneId === 'string' ? microphoneId : defaultPreferences.microphoneId,
    quality: isQualityName(quality) ? quality : defaultPreferences.quality,
    codec: isCodecWish(codec) ? codec : defaultPreferences.codec,
  };
}

export function loadPreferences(): Preferences {
  return parsePreferences(localStorage.getItem(STORAGE_KEY));
}

export function savePreferences(preferences: Preferences): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(preferences));
}
