import type { SourceConfig, TestSourceConfig } from '@spillway/protocol';
import { cannotDrawText, testPatternArgs } from './ffmpeg/test-pattern.ts';
import type { OpenInlet } from './inlet.ts';
import type { Logger } from './logger.ts';
import type { PortAllocator } from './port-allocator.ts';
import { ProcessSource } from './process-source.ts';
import {
  allocateInputs,
  checkSavedSource,
  releaseInputs,
  rtpSourceCodecs,
  type SavedSource,
} from './rtp-inputs.ts';
import { RtpSource } from './rtp-source.ts';
import type { Source } from './source.ts';

const LOOPBACK = '127.0.0.1';

export interface CreateSourceOptions {
  /** Name of the room. */
  readonly room: string;
  readonly config: SourceConfig;
  readonly openInlet: OpenInlet;
  /** One for all sources of the server. */
  readonly ports: PortAllocator;
  readonly logger: Logger;
  /** Program of FFmpeg, searched on `PATH` unless it has a slash. Default `ffmpeg`. */
  readonly ffmpegPath?: string;
  /** The address under which encoders of the network reach this machine. */
  readonly announcedAddress: string;
  /** What `persisted()` gave before a restart of the server, as it was read back. */
  readonly saved?: unknown;
  /** `status()` gives something new. */
  readonly onChange?: () => void;
}

/**
 * Makes the source that a configuration describes; `start()` runs it.
 *
 * After a restart, create sources with `saved` in the same turn as the others or before them, so that none is given
 * their ports.
 *
 * @throws when no ports are left.
 */
export async function createSource(options: CreateSourceOptions): Promise<Source> {
  const { config } = options;
  switch (config.type) {
    case 'test':
      return createTestSource(options, config);
    case 'rtp': {
      const network = config.listen === 'network';
      const listenAddress = network ? '0.0.0.0' : LOOPBACK;
      const address = network ? options.announcedAddress : LOOPBACK;
      const saved = readSaved(options);
      const { room, openInlet, ports, logger, onChange = () => {} } = options;
      const inputs = await allocateInputs(rtpSourceCodecs(config), { address, listenAddress }, ports, saved);
      const lost = saved?.inputs.some(({ codec, port }) =>
        inputs.some((input) => input.codec === codec && input.port !== port),
      );
      if (lost)
        logger.warn(
          { room, source: 'rtp' },
          'The saved ports are not to be had; encoders must push to new ones',
        );
      const release = () => releaseInputs(inputs, ports);
      return new RtpSource({ room, config, inputs, listenAddress, openInlet, logger, onChange, release });
    }
  }
}

async function createTestSource(options: CreateSourceOptions, config: TestSourceConfig): Promise<Source> {
  const { room, openInlet, ports, logger, ffmpegPath = 'ffmpeg', onChange = () => {} } = options;
  const { codec = 'H264', width, height, frameRate, bitrate } = config;
  const here = { address: LOOPBACK, listenAddress: LOOPBACK };
  const inputs = await allocateInputs([codec, 'opus'], here, ports);
  const [video, audio] = inputs;
  if (!video || !audio) throw new Error('A test pattern needs an input for video and one for audio');
  return new ProcessSource({
    ...{ room, config, inputs, openInlet, logger, ffmpegPath, onChange },
    listenAddress: LOOPBACK,
    release: () => releaseInputs(inputs, ports),
    args: (lastWords) => {
      const text = !cannotDrawText(lastWords);
      return testPatternArgs({ video, audio, title: room, width, height, frameRate, bitrate, text });
    },
  });
}

function readSaved({ saved, logger, room }: CreateSourceOptions): SavedSource | undefined {
  if (saved === undefined) return undefined;
  const checked = checkSavedSource(saved);
  if (checked.ok) return checked.value;
  logger.warn({ room, error: checked.error }, 'What was saved of the source is not valid and is left aside');
  return undefined;
}
