import { randomInt } from 'node:crypto';
import { compileCheck, RtpInput, type RtpSourceConfig } from '@spillway/protocol';
import { type Static, Type } from 'typebox';
import type { PortAllocator, PortPair } from './port-allocator.ts';

/** What a source of type `rtp` keeps over a restart of the server, so that encoders can go on pushing. */
export const SavedSource = Type.Object(
  { inputs: Type.Array(Type.Omit(RtpInput, ['address']), { minItems: 1, maxItems: 8 }) },
  { additionalProperties: false },
);
export type SavedSource = Static<typeof SavedSource>;

type Codec = RtpInput['codec'];

/** The payload types that browsers commonly have for these codecs. */
const PAYLOAD_TYPES: Record<Codec, number> = { H264: 102, VP8: 96, VP9: 98, AV1: 45, opus: 111 };

/** Checks what was read back. */
export const checkSavedSource = compileCheck(SavedSource);

/** The codecs that a source of type `rtp` listens for. */
export function rtpSourceCodecs({ audio = true }: RtpSourceConfig): Codec[] {
  return audio ? ['H264', 'VP8', 'opus'] : ['H264', 'VP8'];
}

/**
 * Inputs for codecs, all video on one pair of ports and audio on another. Takes ports, SSRCs and payload types from
 * `saved` where they are still to be had.
 *
 * @throws when no ports are left.
 */
export async function allocateInputs(
  codecs: readonly Codec[],
  { address, listenAddress }: { readonly address: string; readonly listenAddress: string },
  ports: PortAllocator,
  saved?: SavedSource,
): Promise<RtpInput[]> {
  // All saved pairs are taken in the same turn, before anyone else can be given one of them.
  const kept = new Map<RtpInput['kind'], PortPair>();
  for (const input of saved?.inputs ?? []) {
    const wanted = codecs.includes(input.codec) && kindOf(input.codec) === input.kind;
    if (wanted && !kept.has(input.kind) && ports.reserve(input)) kept.set(input.kind, input);
  }
  const pairs = new Map(kept);
  try {
    for (const kind of new Set(codecs.map(kindOf))) {
      if (!pairs.has(kind)) pairs.set(kind, await ports.allocate(listenAddress));
    }
  } catch (error) {
    for (const pair of pairs.values()) ports.release(pair);
    throw error;
  }

  const ssrcs = new Set<number>();
  return codecs.flatMap((codec) => {
    const kind = kindOf(codec);
    const pair = pairs.get(kind);
    if (!pair) return [];
    const before = saved?.inputs.find((input) => input.codec === codec);
    const ssrc = before && !ssrcs.has(before.ssrc) ? before.ssrc : newSsrc(ssrcs);
    ssrcs.add(ssrc);
    const payloadType = before?.payloadType ?? PAYLOAD_TYPES[codec];
    return [{ kind, codec, address, port: pair.port, rtcpPort: pair.rtcpPort, ssrc, payloadType }];
  });
}

/** Gives the ports of inputs back. */
export function releaseInputs(inputs: readonly RtpInput[], ports: PortAllocator): void {
  for (const input of inputs) ports.release(input);
}

/** What is kept of inputs. */
export function savedSource(inputs: readonly RtpInput[]): SavedSource {
  return { inputs: inputs.map(({ address: _, ...kept }) => kept) };
}

function kindOf(codec: Codec): RtpInput['kind'] {
  return codec === 'opus' ? 'audio' : 'video';
}

/** Below 2^31, because programs take SSRCs as signed numbers (FFmpeg). */
function newSsrc(taken: ReadonlySet<number>): number {
  for (;;) {
    const ssrc = randomInt(1, 2 ** 31);
    if (!taken.has(ssrc)) return ssrc;
  }
}
