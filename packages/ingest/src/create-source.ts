import { randomBytes } from 'node:crypto';
import type { RtpSourceConfig, SourceChange, SourceConfig } from '@spillway/protocol';
import { patternRecipe } from './ffmpeg/pattern-recipe.ts';
import type { OpenInlet } from './inlet.ts';
import { InputError, type InputOpener } from './input.ts';
import type { Logger } from './logger.ts';
import type { PortAllocator, PortAllocatorOptions } from './port-allocator.ts';
import { ProcessSource } from './process-source.ts';
import type { Outputs, Prepare, Recipe } from './recipe.ts';
import {
  allocatePorts,
  inputsFor,
  releasePorts,
  rtpSourceCodecs,
  type SavedSource,
  type SourcePorts,
  StreamIds,
} from './rtp-inputs.ts';
import { RtpSource } from './rtp-source.ts';
import type { Source } from './source.ts';

const LOOPBACK = '127.0.0.1';

/** What all sources of a server share. */
export interface SourceContext {
  readonly ports: PortAllocator;
  readonly libraryRoot: string;
  readonly ownPorts: readonly PortAllocatorOptions[];
  /** The address under which encoders of the network reach this machine. */
  readonly announcedAddress: string;
  readonly logger: Logger;
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
}

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
  const { config, saved } = options;
  if (config.type === 'rtp' && config.sdp === undefined) return createRtpSource(context, options, config);
  const { ports, logger, ffmpegPath } = context;
  const needs = { video: true, audio: true, listen: config.type === 'srt', listenAddress: LOOPBACK };
  const taken = await allocatePorts(needs, ports, saved);
  const key = saved?.key ?? randomBytes(15).toString('base64url');
  const ids = new StreamIds();
  return new ProcessSource({
    ...{ room: options.room, config, logger, ffmpegPath },
    opener: makeOpener(context, config, { key, ports: taken }),
    prepare: makePrepare(context, options.room, config),
    outputs: (recipe) => outputsFor(recipe, taken, ids),
    openInlet: options.openInlet,
    onChange: options.onChange,
    release: () => releasePorts(taken, ports),
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

/** Needs no input: FFmpeg makes the picture. */
const noInput: InputOpener = {
  waiting: 'FFmpeg starts',
  open: async () => ({ args: [], secrets: [], close: () => {} }),
  close: () => {},
};

/** Opens the input of a source of any type but `rtp` without SDP. */
export function makeOpener(
  _context: SourceContext,
  config: SourceConfig,
  _own: { readonly key: string; readonly ports: SourcePorts },
): InputOpener {
  switch (config.type) {
    case 'test':
      return noInput;
    default:
      throw new InputError({ reason: `There is no source of type ${config.type} yet`, final: true });
  }
}

function makePrepare(_context: SourceContext, room: string, config: SourceConfig): Prepare {
  switch (config.type) {
    case 'test': {
      const recipe = patternRecipe(config, room);
      return async () => recipe;
    }
    default:
      throw new InputError({ reason: `There is no source of type ${config.type} yet`, final: true });
  }
}

function outputsFor({ video, audio }: Recipe, ports: SourcePorts, ids: StreamIds): Outputs {
  return {
    video: video ? inputsFor({ ports, ids, codecs: [video.codec], videoLayers: video.layers.length }) : [],
    audio: audio ? inputsFor({ ports, ids, codecs: [audio] })[0] : undefined,
  };
}
