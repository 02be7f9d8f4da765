import { randomBytes } from 'node:crypto';
import type { RtpSourceConfig, SourceChange, SourceConfig } from '@spillway/protocol';
import { patternRecipe } from './ffmpeg/pattern-recipe.ts';
import { doctorRecipe } from './lifecycle/doctor-recipe.ts';
import { ProcessSource } from './lifecycle/process-source.ts';
import type { Outputs, Prepare, Recipe } from './lifecycle/recipe.ts';
import { RtpSource } from './lifecycle/rtp-source.ts';
import { type MadeOpener, makeOpener } from './openers.ts';
import type { OpenInlet } from './rtp/inlet.ts';
import {
  allocatePorts,
  inputsFor,
  releasePorts,
  rtpSourceCodecs,
  type SavedSource,
  type SourcePorts,
  StreamIds,
} from './rtp/rtp-inputs.ts';
import { slateRecipe } from './slate/slate-recipe.ts';
import type { Source } from './source.ts';
import type { SourceContext } from './source-context.ts';

const LOOPBACK = '127.0.0.1';

export interface CreateSourceOptions {
  /** Name of the room. */
  readonly room: string;
  readonly config: SourceConfig;
  readonly openInlet: OpenInlet;
  /** What `persisted()` gave before a restart of the server. */
  readonly saved?: SavedSource | undefined;
  /** `status()` gives something new. */
  readonly onChange: (change: SourceChange | undefined) => void;
}

/**
 * Makes the source that a configuration describes; `start()` runs it.
 *
 * After a restart, create sources with `saved` in the same turn as the others or before them, so that none is given
 * their ports.
 *
 * @throws when no ports are left
 */
export async function createSource(context: SourceContext, options: CreateSourceOptions): Promise<Source> {
  const { room, config, openInlet, saved, onChange } = options;
  if (config.type === 'rtp' && config.sdp === undefined) return createRtpSource(context, options, config);
  const { ports, logger, ffmpegPath } = context;
  const needs = {
    video: true,
    audio: true,
    listen: config.type === 'srt' && config.port === undefined,
    listenAddress: LOOPBACK,
  };
  const taken = await allocatePorts(needs, ports, saved);
  const key = saved?.key ?? randomBytes(18).toString('base64url');
  let made: MadeOpener;
  try {
    made = makeOpener(context, config, { room, key, ports: taken });
  } catch (error) {
    releasePorts(taken, ports);
    throw error;
  }
  const { opener, push, gone } = made;
  const ids = new StreamIds();
  const { listen } = taken;
  return new ProcessSource({
    ...{ room, config, opener, openInlet, onChange, logger, ffmpegPath },
    prepare: makePrepare(context, room, config),
    outputs: (recipe) => outputsFor(recipe, taken, ids),
    release: async () => {
      await gone;
      releasePorts(taken, ports);
    },
    ...(push ? { push, persisted: { key, ...(listen ? { ports: { listen } } : {}) } } : {}),
  });
}

async function createRtpSource(
  { ports, announcedAddress, logger }: SourceContext,
  { room, openInlet, saved, onChange }: CreateSourceOptions,
  config: RtpSourceConfig,
): Promise<Source> {
  const network = config.listen === 'network';
  const listenAddress = network ? '0.0.0.0' : LOOPBACK;
  const codecs = rtpSourceCodecs(config);
  const needs = { video: true, audio: codecs.includes('opus'), listenAddress };
  const taken = await allocatePorts(needs, ports, saved);
  const address = network ? announcedAddress : LOOPBACK;
  const inputs = inputsFor({ ports: taken, codecs, address, ids: new StreamIds(saved) });
  const lost = saved?.inputs?.some(({ codec, port }) =>
    inputs.some((input) => input.codec === codec && input.port !== port),
  );
  if (lost) {
    logger.warn({ room, source: 'rtp' }, 'The saved ports are not to be had; encoders must push to new ones');
  }
  const release = () => releasePorts(taken, ports);
  return new RtpSource({ room, config, inputs, listenAddress, openInlet, logger, onChange, release });
}

/** What FFmpeg makes of it: fixed where the server makes the picture, by examination elsewhere. */
function makePrepare(context: SourceContext, room: string, config: SourceConfig): Prepare {
  switch (config.type) {
    case 'test':
      return async () => patternRecipe(config, room);
    case 'slate':
      return async () => slateRecipe(config);
    default:
      return doctorRecipe(context, config);
  }
}

function outputsFor({ video, audio }: Recipe, ports: SourcePorts, ids: StreamIds): Outputs {
  return {
    video: video ? inputsFor({ ports, ids, codecs: [video.codec], videoLayers: video.layers.length }) : [],
    audio: audio ? inputsFor({ ports, ids, codecs: [audio] })[0] : undefined,
  };
}
