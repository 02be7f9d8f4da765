import { randomInt } from 'node:crypto';
import { compileCheck, RtpInput, type RtpSourceConfig } from '@spillway/protocol';
import { type Static, Type } from 'typebox';
import type { PortAllocator, PortPair } from './port-allocator.ts';

const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const SavedPair = Type.Object({ port: Port, rtcpPort: Port }, { additionalProperties: false });

/** What a source keeps over a restart of the server, so that encoders can go on pushing. */
export const SavedSource = Type.Object(
  {
    /** Type `rtp`: what it listens for. */
    inputs: Type.Optional(Type.Array(Type.Omit(RtpInput, ['address']), { minItems: 1, maxItems: 8 })),
    /** The stream key or passphrase that was made for it. */
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    ports: Type.Optional(
      Type.Object(
        {
          video: Type.Optional(SavedPair),
          audio: Type.Optional(SavedPair),
          listen: Type.Optional(SavedPair),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type SavedSource = Static<typeof SavedSource>;

/** Checks what was read back. */
export const checkSavedSource = compileCheck(SavedSource);

/** The ports of a source; it keeps them as long as it lives, whatever its codecs. */
export interface SourcePorts {
  /** Where the room's inlet listens for video: alternatives and layers share one pair. */
  readonly video?: PortPair;
  /** The same for audio. */
  readonly audio?: PortPair;
  /** Where a listener (types `srt` and `rtmp`) waits for its encoder. */
  readonly listen?: PortPair;
}

/** Which ports a source needs. */
export interface PortNeeds {
  readonly video?: boolean;
  readonly audio?: boolean;
  readonly listen?: boolean;
  /** The address that they have to be free at: `127.0.0.1` or `0.0.0.0`. */
  readonly listenAddress: string;
}

type Codec = RtpInput['codec'];

/** G.711 has its own (RFC 3551, section 6); the others are those that browsers commonly have. */
const PAYLOAD_TYPES: Record<Codec, number> = {
  H264: 102,
  VP8: 96,
  VP9: 98,
  AV1: 45,
  opus: 111,
  PCMU: 0,
  PCMA: 8,
};

const AUDIO_CODECS: ReadonlySet<Codec> = new Set(['opus', 'PCMU', 'PCMA']);

/** The codecs that a source of type `rtp` listens for. */
export function rtpSourceCodecs({ audio = true }: RtpSourceConfig): Codec[] {
  return audio ? ['H264', 'VP8', 'opus'] : ['H264', 'VP8'];
}

/**
 * Takes ports for a source: those of `saved` where they are still to be had.
 *
 * @throws when no ports are left; those that were taken are given back
 */
export async function allocatePorts(
  needs: PortNeeds,
  ports: PortAllocator,
  saved?: SavedSource,
): Promise<SourcePorts> {
  const uses = (['video', 'audio', 'listen'] as const).filter((use) => needs[use]);
  const taken: { -readonly [Use in keyof SourcePorts]: SourcePorts[Use] } = {};
  // All saved pairs are taken in the same turn, before anyone else can be given one of them.
  for (const use of uses) {
    const before = saved?.ports?.[use] ?? saved?.inputs?.find(({ kind }) => kind === use);
    if (!before) continue;
    const pair = { port: before.port, rtcpPort: before.rtcpPort };
    if (ports.reserve(pair)) taken[use] = pair;
  }
  try {
    for (const use of uses) taken[use] ??= await ports.allocate(needs.listenAddress);
  } catch (error) {
    releasePorts(taken, ports);
    throw error;
  }
  return taken;
}

/** Gives the ports of a source back. Idempotent. */
export function releasePorts({ video, audio, listen }: SourcePorts, ports: PortAllocator): void {
  for (const pair of [video, audio, listen]) if (pair) ports.release(pair);
}

/** What tells the RTP streams of a source apart: for each codec and layer the same as long as the source lives. */
export class StreamIds {
  readonly #ids = new Map<string, Pick<RtpInput, 'ssrc' | 'payloadType'>>();
  readonly #ssrcs = new Set<number>();

  /** Begins with the SSRCs and payload types of `saved`. */
  constructor(saved?: SavedSource) {
    for (const { codec, ssrc, payloadType } of saved?.inputs ?? []) this.#add(codec, 0, ssrc, payloadType);
  }

  /** The SSRC and payload type of a codec; `layer` 0 is the lowest one, or the only one. */
  of(codec: Codec, layer = 0): Pick<RtpInput, 'ssrc' | 'payloadType'> {
    const known = this.#ids.get(`${codec} ${layer}`);
    return known ?? this.#add(codec, layer, newSsrc(this.#ssrcs), PAYLOAD_TYPES[codec]);
  }

  #add(
    codec: Codec,
    layer: number,
    ssrc: number,
    payloadType: number,
  ): Pick<RtpInput, 'ssrc' | 'payloadType'> {
    const id = { ssrc: this.#ssrcs.has(ssrc) ? newSsrc(this.#ssrcs) : ssrc, payloadType };
    this.#ssrcs.add(id.ssrc);
    this.#ids.set(`${codec} ${layer}`, id);
    return id;
  }
}

export interface InputsOptions {
  /** Ports of the kinds that the codecs are of. */
  readonly ports: SourcePorts;
  /** What is sent, or may be. */
  readonly codecs: readonly Codec[];
  /** Where to send it. Default `127.0.0.1`. */
  readonly address?: string;
  /** Those of the source. */
  readonly ids: StreamIds;
  /** Simulcast layers of each video codec, at least 1. Default 1. */
  readonly videoLayers?: number;
}

/**
 * The RTP streams of a source in the order of `codecs`, the layers of one lowest first: all video on one pair of ports
 * and all audio on another.
 *
 * @throws RangeError without ports for a codec's kind
 */
export function inputsFor(options: InputsOptions): RtpInput[] {
  const { ports, codecs, address = '127.0.0.1', ids, videoLayers = 1 } = options;
  return codecs.flatMap((codec) => {
    const kind = AUDIO_CODECS.has(codec) ? 'audio' : 'video';
    const pair = ports[kind];
    if (!pair) throw new RangeError(`The source has no ports for ${codec}`);
    const { port, rtcpPort } = pair;
    return Array.from({ length: kind === 'video' ? videoLayers : 1 }, (_, layer) => ({
      ...{ kind, codec, address, port, rtcpPort },
      ...ids.of(codec, layer),
    }));
  });
}

/** What is kept of inputs. */
export function savedSource(inputs: readonly RtpInput[]): SavedSource {
  return { inputs: inputs.map(({ address: _, ...kept }) => kept) };
}

/** Below 2^31, because programs take SSRCs as signed numbers (FFmpeg). */
function newSsrc(taken: ReadonlySet<number>): number {
  for (;;) {
    const ssrc = randomInt(1, 2 ** 31);
    if (!taken.has(ssrc)) return ssrc;
  }
}
