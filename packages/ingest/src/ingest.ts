import type { Device, RoomSourceConfig, SourceChange, SourceConfig, SourceReport } from '@spillway/protocol';
import { compileCheck } from '@spillway/protocol';
import { Type } from 'typebox';
import { createSource, type SourceContext } from './create-source.ts';
import type { OpenInlet } from './inlet.ts';
import { InputError } from './input.ts';
import type { Logger } from './logger.ts';
import { PortAllocator, type PortAllocatorOptions } from './port-allocator.ts';
import { RoomSource, type SavedRoomSource, sourceConfigs } from './room-source.ts';
import { SavedSource } from './rtp-inputs.ts';

export interface IngestOptions {
  /** UDP ports for sources. */
  readonly rtpPorts: PortAllocatorOptions;
  /** TCP port for encoders that push by RTMP; listened on while there is such a source. */
  readonly rtmpPort: number;
  /** Folder of the video library. */
  readonly library: string;
  readonly addressPolicy: { readonly allowLocal: boolean };
  /** UDP ports that a pasted SDP may not name: those of the server itself. */
  readonly ownPorts: readonly PortAllocatorOptions[];
  /** The address under which encoders of the network reach this machine. */
  readonly announcedAddress: string;
  readonly logger: Logger;
  /** Programs, searched on `PATH` unless they have a slash. Default `ffmpeg` and `ffprobe`. */
  readonly ffmpegPath?: string;
  readonly ffprobePath?: string;
}

export interface RoomSourceRequest {
  /** Name of the room. */
  readonly room: string;
  readonly config: RoomSourceConfig;
  readonly openInlet: OpenInlet;
  /** Viewers of the room at this moment. */
  readonly viewers: number;
  /** What `persisted()` gave before a restart of the server, as it was read back. */
  readonly saved?: unknown;
  /** A source's `status()` gives something new. 0 is the first source. */
  readonly onChange: (index: number, change: SourceChange | undefined) => void;
  /** None of the sources is wanted any more. */
  readonly onIdle: (reason: string) => void;
}

const SavedRoom = Type.Object(
  {
    stopped: Type.Boolean(),
    sources: Type.Array(Type.Union([SavedSource, Type.Null()]), { maxItems: 9 }),
  },
  { additionalProperties: false },
);
const checkSavedRoom = compileCheck(SavedRoom);

/** Examinations by request that run at the same time. */
const MAX_PROBES = 4;

/** All that the sources of a server share. */
export class Ingest {
  readonly #context: SourceContext;

  constructor(options: IngestOptions) {
    const { ffmpegPath = 'ffmpeg', ffprobePath = 'ffprobe', logger, library } = options;
    this.#context = {
      ...{ ffmpegPath, ffprobePath, logger },
      ports: new PortAllocator(options.rtpPorts),
      libraryRoot: library,
      ownPorts: options.ownPorts,
      announcedAddress: options.announcedAddress,
    };
  }

  /**
   * Makes a room's source with its backups; `start()` runs it.
   *
   * @throws when no ports are left
   */
  async createRoomSource(request: RoomSourceRequest): Promise<RoomSource> {
    const { room, config, openInlet, viewers, onChange, onIdle } = request;
    const saved = this.#readSaved(request);
    let roomSource: RoomSource | undefined;
    const making = sourceConfigs(config).map((one, index) =>
      createSource(this.#context, {
        ...{ room, config: one, openInlet, saved: saved?.sources[index] ?? undefined },
        onChange: (change) => {
          roomSource?.handleChange();
          onChange(index, change);
        },
      }),
    );
    const made = await Promise.allSettled(making);
    const sources = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const failed = made.find((each) => each.status === 'rejected');
    if (failed) {
      for (const source of sources) source.close();
      throw failed.reason;
    }
    roomSource = new RoomSource({ config, sources, viewers, onIdle });
    if (!saved?.stopped) roomSource.start();
    return roomSource;
  }

  /** Idempotent. Sources are closed by their owners before. */
  close(): void {}

  #readSaved({ saved, room }: RoomSourceRequest): SavedRoomSource | undefined {
    if (saved === undefined) return undefined;
    const checked = checkSavedRoom(saved);
    if (checked.ok) return checked.value;
    this.#context.logger.warn(
      { room, error: checked.error },
      'What was saved of the source is not valid and is left aside',
    );
    return undefined;
  }
}
