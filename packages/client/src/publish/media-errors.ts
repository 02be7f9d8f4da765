/**
 * Why a camera, microphone or screen could not be had.
 *
 * - `denied` the user or a policy refused
 * - `dismissed` the user closed the chooser of screens
 * - `busy` another program holds the device
 * - `missing` there is none of that kind
 * - `over-constrained` the device cannot give what was asked
 * - `insecure` the page is no secure context, so the browser has no devices for it
 * - `unsupported` the browser lacks the function
 * - `failed` anything else
 */
export type MediaErrorCode =
  | 'denied'
  | 'dismissed'
  | 'busy'
  | 'missing'
  | 'over-constrained'
  | 'insecure'
  | 'unsupported'
  | 'failed';

export type CaptureKind = 'camera' | 'microphone' | 'screen';

/** A failed attempt to capture. */
export class MediaCaptureError extends Error {
  override readonly name = 'MediaCaptureError';
  readonly code: MediaErrorCode;
  readonly capture: CaptureKind;

  constructor(capture: CaptureKind, code: MediaErrorCode, cause?: unknown) {
    super(`${capture}: ${code}`, { cause });
    this.code = code;
    this.capture = capture;
  }
}

/** Sorts what `getUserMedia` or `getDisplayMedia` threw (Media Capture and Streams). */
export function mediaErrorCode(capture: CaptureKind, error: unknown): MediaErrorCode {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return capture === 'screen' ? 'dismissed' : 'denied';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return 'missing';
    case 'OverconstrainedError':
    case 'ConstraintNotSatisfiedError':
      return 'over-constrained';
    case 'NotSupportedError':
      return 'unsupported';
    default:
      return 'failed';
  }
}
