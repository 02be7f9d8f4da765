import { type CaptureKind, MediaCaptureError, mediaErrorCode } from './media-errors.ts';
import { type QualityName, qualities } from './quality.ts';

/** A captured screen, window or tab. */
export interface ScreenCapture {
  video: MediaStreamTrack;
  /** Where system and user offer the sound too. */
  audio: MediaStreamTrack | undefined;
}

/**
 * Opens a camera at about the quality's size.
 *
 * @param deviceId - Without: the browser's choice.
 * @throws MediaCaptureError
 */
export async function openCamera(
  deviceId: string | undefined,
  quality: QualityName,
): Promise<MediaStreamTrack> {
  const stream = await attempt('camera', () =>
    mediaDevices('camera').getUserMedia({ video: { ...exactly(deviceId), ...sizeConstraints(quality) } }),
  );
  return firstTrack('camera', stream.getVideoTracks());
}

/** What `openBoth` got; each kind is a track, or the reason why there is none. */
export interface BothCaptures {
  camera: MediaStreamTrack | MediaCaptureError;
  microphone: MediaStreamTrack | MediaCaptureError;
}

/** Opens camera and microphone with one question to the user. Never throws. */
export async function openBoth(
  ids: { camera: string | undefined; microphone: string | undefined },
  quality: QualityName,
): Promise<BothCaptures> {
  try {
    const stream = await mediaDevices('camera').getUserMedia({
      video: { ...exactly(ids.camera), ...sizeConstraints(quality) },
      audio: { ...exactly(ids.microphone), ...voiceConstraints },
    });
    return {
      camera: firstTrack('camera', stream.getVideoTracks()),
      microphone: firstTrack('microphone', stream.getAudioTracks()),
    };
  } catch (error) {
    // One of the two is enough to fail both. Whoever has just refused both is not asked twice more.
    const refused = mediaErrorCode('camera', error) === 'denied';
    const mayOpen = async (name: 'camera' | 'microphone') => !refused || (await mayBeOpened(name));
    return {
      camera: (await mayOpen('camera'))
        ? await openCamera(ids.camera, quality).catch(asCaptureError('camera'))
        : new MediaCaptureError('camera', 'denied', error),
      microphone: (await mayOpen('microphone'))
        ? await openMicrophone(ids.microphone).catch(asCaptureError('microphone'))
        : new MediaCaptureError('microphone', 'denied', error),
    };
  }
}

/** Asks an open camera for the size of another quality. A camera that cannot stays as it is. */
export async function resizeCamera(track: MediaStreamTrack, quality: QualityName): Promise<void> {
  await track.applyConstraints(sizeConstraints(quality)).catch(() => {});
}

/**
 * Opens a microphone.
 *
 * @param deviceId - Without: the browser's choice.
 * @throws MediaCaptureError
 */
export async function openMicrophone(deviceId: string | undefined): Promise<MediaStreamTrack> {
  const stream = await attempt('microphone', () =>
    mediaDevices('microphone').getUserMedia({
      audio: { ...exactly(deviceId), ...voiceConstraints },
    }),
  );
  return firstTrack('microphone', stream.getAudioTracks());
}

/**
 * Lets the user choose a screen, window or tab. Needs a recent gesture of the user.
 *
 * @throws MediaCaptureError `dismissed` when the user closes the chooser
 */
export async function openScreen(): Promise<ScreenCapture> {
  const devices = mediaDevices('screen');
  if (!('getDisplayMedia' in devices)) throw new MediaCaptureError('screen', 'unsupported');
  const stream = await attempt('screen', () =>
    devices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true }),
  );
  const video = firstTrack('screen', stream.getVideoTracks());
  // As moving pictures: otherwise layers are dropped, and the encoder starts anew on each change from and to the camera.
  video.contentHint = 'motion';
  return { video, audio: stream.getAudioTracks()[0] };
}

const voiceConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

function exactly(deviceId: string | undefined): MediaTrackConstraints {
  return deviceId ? { deviceId: { exact: deviceId } } : {};
}

async function mayBeOpened(name: 'camera' | 'microphone'): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name })).state === 'granted';
  } catch {
    // A browser without this question: trying tells.
    return true;
  }
}

function asCaptureError(capture: CaptureKind): (error: unknown) => MediaCaptureError {
  return (error) =>
    error instanceof MediaCaptureError ? error : new MediaCaptureError(capture, 'failed', error);
}

function sizeConstraints(quality: QualityName): MediaTrackConstraints {
  const { width, height, frameRate } = qualities[quality];
  return {
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: frameRate, max: frameRate },
  };
}

/** The browser's devices. @throws MediaCaptureError `insecure` in a page that may not have any */
function mediaDevices(capture: CaptureKind): MediaDevices {
  if (!window.isSecureContext) throw new MediaCaptureError(capture, 'insecure');
  if (!('mediaDevices' in navigator)) throw new MediaCaptureError(capture, 'unsupported');
  return navigator.mediaDevices;
}

async function attempt(capture: CaptureKind, open: () => Promise<MediaStream>): Promise<MediaStream> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof MediaCaptureError) throw error;
    throw new MediaCaptureError(capture, mediaErrorCode(capture, error), error);
  }
}

function firstTrack(capture: CaptureKind, [track]: MediaStreamTrack[]): MediaStreamTrack {
  if (!track) throw new MediaCaptureError(capture, 'missing');
  return track;
}
