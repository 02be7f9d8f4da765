import type { Device, RoomSourceConfig, SourceChange, SourceConfig, SourceReport } from '@spillway/protocol';
import { compileCheck } from '@spillway/protocol';
import { Type } from 'typebox';
import { createSource } from './create-source.ts';
import { listDevices } from './devices/list-devices.ts';
import { FfmpegFacts } from './ffmpeg/facts.ts';
import { InputError, type InputOpener } from './input.ts';
import { FileProber } from './library/file-prober.ts';
import { Library } from './library/library.ts';
import { examineFor } from './lifecycle/doctor-recipe.ts';
import { RoomSource, type SavedRoomSource, sourceConfigs } from './lifecycle/room-source.ts';
import type { Logger } from './logger.ts';
import { checkSource, makeOpener } from './openers.ts';
import { RtmpServer } from './rtmp/rtmp-server.ts';
import type { OpenInlet } from './rtp/inlet.ts';
import { PortAllocator } from './rtp/port-allocator.ts';
import { SavedSource } from './rtp/rtp-inputs.ts';
import type { AddressPolicy } from './rtsp/address-policy.ts';
import type { ForbiddenPorts } from './sdp/read-sdp.ts';
import type { PortRange, SourceContext } from './source-context.ts';

export interface IngestOptions {
  /** UDP ports for sources. */
  readonly rtpPorts: PortRange;
  /** TCP port for encoders that push by RTMP; listened on while there is such a source. */
  readonly rtmpPort: number;
  /** Folder of the video library. */
  readonly library: string;
  readonly addressPolicy: AddressPolicy;
  /** UDP ports that a pasted SDP may not name: those of the server itself. */
  readonly ownPorts: readonly ForbiddenPorts[];
  /** Address on which encoders of the network are listened to: of IPv4, or `::`. */
  readonly listenAddress: string;
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
/** What one may take in all. */
const PROBE_LIMIT_MS = 20_000;

/** All that the sources of a server share. */
export class Ingest {
  readonly library: Library;
  readonly #context: SourceContext;
  readonly #prober: FileProber;
  #probes = 0;

  constructor(options: IngestOptions) {
    const { ffmpegPath = 'ffmpeg', ffprobePath = 'ffprobe', logger, rtmpPort, listenAddress } = options;
    const { library: libraryRoot, addressPolicy, ownPorts, announcedAddress, rtpPorts } = options;
    this.#prober = new FileProber({ ffprobePath });
    this.library = new Library({ root: libraryRoot, prober: this.#prober });
    this.#context = {
      ...{ logger, ffmpegPath, ffprobePath, rtmpPort, libraryRoot },
      ...{ listenAddress, addressPolicy, ownPorts, announcedAddress, prober: this.#prober },
      facts: new FfmpegFacts(ffmpegPath),
      ports: new PortAllocator(rtpPorts),
      rtmp: new RtmpServer({ host: listenAddress, port: rtmpPort, logger }),
    };
  }

  /**
   * Checks what the schema of a configuration cannot tell.
   *
   * @throws {InputError} what is wrong and how to mend it
   */
  check(config: RoomSourceConfig): void {
    for (const one of sourceConfigs(config)) checkSource(this.#context, one);
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

  /**
   * Examines the input that a configuration describes, thoroughly.
   *
   * @throws {InputError} why it cannot be examined
   */
  async probe(config: SourceConfig, giveUp: AbortSignal): Promise<SourceReport> {
    const obstacle = whyNotProbed(config);
    if (obstacle !== undefined) throw new InputError({ reason: obstacle, final: true });
    this.check(config);
    if (this.#probes >= MAX_PROBES) {
      throw new InputError({
        reason: `${MAX_PROBES} inputs are being examined already; try again in a few seconds`,
        final: false,
      });
    }
    this.#probes += 1;
    const late = AbortSignal.timeout(PROBE_LIMIT_MS);
    const { opener } = makeOpener(this.#context, config, { room: '', key: '', ports: {} });
    try {
      return await this.#examine(config, opener, AbortSignal.any([giveUp, late]));
    } catch (error) {
      if (!late.aborted) throw error;
      const reason = `Nothing could be seen of it within ${PROBE_LIMIT_MS / 1000} s. Check that it is there and sends`;
      throw new InputError({ reason, final: false });
    } finally {
      opener.close();
      this.#probes -= 1;
    }
  }

  async #examine(config: SourceConfig, opener: InputOpener, giveUp: AbortSignal): Promise<SourceReport> {
    const input = await opener.open(giveUp);
    try {
      const { report } = await examineFor(this.#context, config, input, { depth: 'thorough', giveUp });
      return report;
    } finally {
      input.close();
    }
  }

  listDevices(): Promise<Device[]> {
    return listDevices();
  }

  /** Idempotent. Sources are closed by their owners before. */
  close(): void {
    this.#prober.close();
  }

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

/** Why there is nothing to examine. */
function whyNotProbed(config: SourceConfig): string | undefined {
  const { type } = config;
  if (type === 'test' || type === 'slate') {
    return `The server itself makes the picture of a source of type ${type}; there is nothing to examine`;
  }
  const waits = type === 'srt' || type === 'rtmp' || (type === 'rtp' && config.sdp === undefined);
  return waits
    ? `A source of type ${type} waits for its encoder; set it as a room's source, push to it, and read the report there`
    : undefined;
}
