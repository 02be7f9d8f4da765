import type { AudioPlan, PlannedPicture, VideoPlan, VideoSettings } from '@spillway/protocol';
import type { Transcoder } from '../ffmpeg/transcoders.ts';
import { codecName } from './codec-name.ts';
import { COPY_CORES, SOUND_CORES, videoCores } from './cost.ts';
import type { Examination, ExaminedAudio, ExaminedVideo } from './examination.ts';
import { planLayers, planPicture } from './pictures.ts';
import { playableSound, whyNotPlayable } from './playable.ts';

export type HardwareEncoder = 'h264_vaapi' | 'h264_nvenc';

export interface PlanOptions {
  /** Whether its sound is taken. Default true. */
  readonly audio?: boolean | undefined;
  readonly video?: VideoSettings | undefined;
  /** Lower layers to encode, such as `180p`. */
  readonly layers?: readonly string[] | undefined;
  /** The hardware encoder that works here. */
  readonly hardware?: HardwareEncoder | undefined;
}

export interface MediaPlan {
  readonly video?: VideoPlan;
  readonly audio?: AudioPlan;
}

/** What to do with an input: copy what browsers can play, encode the rest. Absent is what the input has not. */
export function planMedia({ video, audio }: Examination, options: PlanOptions): MediaPlan {
  return {
    ...(video ? { video: planVideo(video, options) } : {}),
    ...(audio ? { audio: planAudio(audio, options.audio ?? true) } : {}),
  };
}

function planVideo(
  video: ExaminedVideo,
  { video: settings = {}, layers = [], hardware }: PlanOptions,
): VideoPlan {
  const { transcode = 'auto', preset } = settings;
  const obstacle = whyNotPlayable(video);
  if (obstacle !== undefined && transcode === 'never') {
    const reason = sentence(`Left out, because ${obstacle} and video.transcode is "never"`);
    return { action: 'drop', reason, layers: [], cores: 0 };
  }
  const copied = obstacle === undefined && transcode !== 'always';
  const codec = copied && video.codec === 'vp8' ? 'VP8' : 'H264';
  const picture = planPicture(video, copied ? undefined : settings);
  const lower = planLayers(video, picture, layers, settings);
  const encoded = copied ? lower : [...lower, picture];
  const encoder = codec === 'VP8' ? 'libvpx' : softwareOr(hardware, settings);
  return {
    action: copied ? 'copy' : 'transcode',
    reason: copied ? copyReason(video, lower) : transcodeReason(obstacle, encoder, settings),
    codec,
    ...(encoded.length > 0 ? { encoder } : {}),
    picture,
    layers: lower,
    cores: videoCores({
      codec: video.codec,
      inputPixelRate: video.width * video.height * (video.frameRate ?? picture.frameRate),
      encoder,
      preset,
      pictures: encoded,
    }),
  };
}

/** The hardware that works here, where the settings let it. */
function softwareOr(works: HardwareEncoder | undefined, { hardware = 'auto' }: VideoSettings): Transcoder {
  return works !== undefined && (hardware === 'auto' || works === `h264_${hardware}`) ? works : 'libx264';
}

function copyReason(video: ExaminedVideo, layers: readonly PlannedPicture[]): string {
  const name = video.codec === 'vp8' ? 'VP8' : ['H.264', video.profile].filter(Boolean).join(' ');
  const beside = layers.map(({ height }) => `${height}p`).join(' and ');
  return sentence(
    `Copied: browsers play ${name} as it comes${beside === '' ? '' : `; ${beside} beside it ${layers.length === 1 ? 'is' : 'are'} encoded`}`,
  );
}

function transcodeReason(obstacle: string | undefined, encoder: Transcoder, settings: VideoSettings): string {
  const why = obstacle === undefined ? 'video.transcode is "always"' : obstacle;
  const { hardware = 'auto' } = settings;
  const missed =
    encoder === 'libx264' && hardware !== 'auto' && hardware !== 'off'
      ? `; by software, because the hardware encoder ${hardware} does not work here`
      : '';
  return sentence(`Encoded anew as H.264, because ${why}${missed}`);
}

function planAudio(audio: ExaminedAudio, wanted: boolean): AudioPlan {
  if (!wanted) return { action: 'drop', reason: 'Left out, as the settings say (audio: false).', cores: 0 };
  const { codec, sampleRate, channels } = audio;
  if (sampleRate === 0 || channels === 0) {
    return {
      action: 'drop',
      reason: `Left out, because its ${codecName(codec)} cannot be decoded.`,
      cores: 0,
    };
  }
  const playable = playableSound(audio);
  if (playable) {
    const name = playable === 'opus' ? 'Opus' : `G.711 (${playable})`;
    return {
      action: 'copy',
      reason: `Copied: browsers play ${name} as it comes.`,
      codec: playable,
      cores: COPY_CORES,
    };
  }
  return {
    action: 'transcode',
    reason: sentence(`Encoded as Opus, because browsers cannot play ${soundName(audio)} live`),
    codec: 'opus',
    bitrate: channels === 1 ? 64_000 : 96_000,
    cores: SOUND_CORES,
  };
}

function soundName({ codec, sampleRate, channels }: ExaminedAudio): string {
  const isKnown = ['opus', 'pcm_mulaw', 'pcm_alaw'].includes(codec);
  const name = codecName(codec);
  return isKnown ? `${name} of ${sampleRate} Hz and ${channels} channels` : name;
}

/** A reason of bounded length, with its full stop. */
function sentence(text: string): string {
  return `${text.slice(0, 498)}.`;
}
