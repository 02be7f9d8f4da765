import type { SourceConfig, SourceReport, VideoSettings } from '@spillway/protocol';
import { videoCores } from '../doctor/cost.ts';
import type { Depth } from '../doctor/examine.ts';
import { examine } from '../doctor/examine.ts';
import { type MediaPlan, planMedia } from '../doctor/plan.ts';
import { makeReport } from '../doctor/report.ts';
import type { HardwareFound } from '../ffmpeg/hardware.ts';
import { outputArgs } from '../ffmpeg/output-args.ts';
import { misfitReader } from '../ffmpeg/stream-line.ts';
import { InputError, type OpenInput } from '../input.ts';
import type { SourceContext } from '../source-context.ts';
import type { Prepare, Recipe } from './recipe.ts';

/** What the configuration of a source says on what becomes of its media. */
interface MediaSettings {
  readonly audio: boolean;
  readonly video: VideoSettings;
  readonly layers: readonly ('180p' | '270p' | '360p' | '540p' | '720p')[];
}

function mediaSettings(config: SourceConfig): MediaSettings {
  return {
    audio: 'audio' in config ? (config.audio ?? true) : true,
    video: 'video' in config ? (config.video ?? {}) : {},
    layers: 'layers' in config ? (config.layers ?? []) : [],
  };
}

/** What is known of an input, and of the machine that shall encode it. */
interface Verdict {
  /** What FFmpeg shall do. */
  readonly plan: MediaPlan;
  readonly report: SourceReport;
  readonly hardware: HardwareFound | undefined;
}

interface HowToLook {
  readonly depth: Depth;
  readonly giveUp: AbortSignal;
  /** Whether hardware encoders are left out. Default false. */
  readonly softwareOnly?: boolean;
}

/**
 * Examines an open input and says what the server would make of it.
 *
 * @throws {InputError} why it cannot be read
 */
export async function examineFor(
  { ffprobePath, facts }: SourceContext,
  config: SourceConfig,
  input: OpenInput,
  { softwareOnly = false, ...how }: HowToLook,
): Promise<Verdict> {
  const settings = mediaSettings(config);
  const seen = await examine(input, { ...how, ffprobePath });
  const examination = { ...seen, loss: input.loss?.() };
  const plan = planMedia(examination, settings);
  // Looking for hardware takes seconds, the first time: not for what is copied.
  const encodes = plan.video?.encoder !== undefined && !softwareOnly && settings.video.hardware !== 'off';
  const hardware = encodes ? await facts.hardware() : undefined;
  const best = hardware ? planMedia(examination, { ...settings, hardware: hardware.encoder }) : plan;
  const report = makeReport(examination, input.encodedAnew ? alreadyEncoded(best, input.encodedAnew) : best);
  return { plan: best, report, hardware };
}

/** The same plan, told of an input that was encoded on its way here. */
function alreadyEncoded({ video, ...rest }: MediaPlan, reason: string): MediaPlan {
  if (!video?.picture) return video ? { video, ...rest } : rest;
  const { width, height, frameRate } = video.picture;
  const encoder = 'libx264';
  const inputPixelRate = width * height * frameRate;
  const cores = videoCores({
    codec: 'h264',
    inputPixelRate,
    encoder,
    preset: undefined,
    pictures: [video.picture],
  });
  return { ...rest, video: { ...video, action: 'transcode', reason, encoder, cores: video.cores + cores } };
}

/** FFmpeg's complaints about hardware that worked when it was tried: too many sessions, a device that is gone. */
const HARDWARE_WORDS = /h264_vaapi|h264_nvenc|VAAPI|NVENC|CUDA/i;

/** Recipes for what the doctor finds. */
export function doctorRecipe(context: SourceContext, config: SourceConfig): Prepare {
  const { video: settings } = mediaSettings(config);
  return async (input, giveUp, lastWords) => {
    const softwareOnly = lastWords.some((line) => HARDWARE_WORDS.test(line));
    const how = { depth: 'quick', giveUp, softwareOnly } as const;
    const { plan, report, hardware } = await examineFor(context, config, input, how);
    const version = await context.facts.version();
    return recipeOf(plan, report, (to) =>
      outputArgs({
        ...{ video: plan.video, audio: plan.audio, settings, version, vaapiDevice: hardware?.device },
        videoOutputs: to.video,
        audioOutput: to.audio,
        format: report.format,
        inputVideo: report.streams.find((stream) => stream.kind === 'video'),
        startTimeUs: Date.now() * 1000,
      }),
    );
  };
}

/** Pixels a second that one core decodes of any codec. */
const PIXELS_PER_DECODER = 1920 * 1080 * 60;

/**
 * Each thread more that decodes whole frames delays the picture by one frame, and layers that lag behind the copied one
 * cannot be switched to.
 */
function decoderArgs({ streams }: SourceReport): string[] {
  const video = streams.find((stream) => stream.kind === 'video');
  if (!video) return [];
  const pixels = video.width * video.height * (video.frameRate ?? 30);
  return ['-threads', `${Math.max(1, Math.ceil(pixels / PIXELS_PER_DECODER))}`];
}

/** @throws {InputError} when nothing of the input can be played */
function recipeOf({ video, audio }: MediaPlan, report: SourceReport, args: Recipe['outputArgs']): Recipe {
  const sent = {
    ...(video?.codec && video.picture
      ? { video: { codec: video.codec, layers: [...video.layers, video.picture] } }
      : {}),
    ...(audio?.codec ? { audio: audio.codec } : {}),
  };
  if (!sent.video && !sent.audio) {
    const reasons = [video?.reason, audio?.reason].filter((reason) => reason !== undefined);
    throw new InputError({ reason: `Nothing of it can be played. ${reasons.join('. ')}`, final: false });
  }
  return {
    ...sent,
    report,
    decoderArgs: decoderArgs(report),
    outputArgs: args,
    misfit: misfitReader(report),
  };
}
