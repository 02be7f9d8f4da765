import type { RtpCapabilities as ClientCapabilities, VideoCodec } from '@spillway/protocol';
import * as ortc from 'mediasoup/ortc';
import type { Producer, RtpCapabilities } from 'mediasoup/types';
import { decodableCodecs } from './codecs.ts';
import { toMediasoupCapabilities, withoutCongestionControl } from './conversions.ts';
import {
  covers,
  layoutCapabilities,
  originLayout,
  type PayloadLayout,
  payloadLayout,
} from './payload-layout.ts';

/** What is known of a producer that a client may receive. */
export type Receivable = Pick<Producer, 'kind' | 'type' | 'rtpParameters' | 'consumableRtpParameters'>;

/** Clients that say different things of themselves, of which it is remembered what they can receive. */
const MAX_REMEMBERED = 64;

/** The one that was asked for last is the last. */
const remembered = new Map<string, Reception>();

/**
 * What a client can receive. Most clients of a crowd say the same of themselves, so they share one of these, and what it
 * takes to find out is done once for all of them.
 *
 * @param payloadTypes whether it receives under payload types of its own, or under those of the room
 */
export function receptionOf(client: ClientCapabilities, payloadTypes: 'room' | 'own' = 'room'): Reception {
  const key = `${payloadTypes} ${JSON.stringify(client)}`;
  const reception = remembered.get(key) ?? createReception(client, payloadTypes);
  remembered.delete(key);
  remembered.set(key, reception);
  if (remembered.size > MAX_REMEMBERED) {
    const [oldest] = remembered.keys();
    if (oldest !== undefined) remembered.delete(oldest);
  }
  return reception;
}

function createReception(client: ClientCapabilities, payloadTypes: 'room' | 'own'): Reception {
  const layout = payloadTypes === 'own' ? payloadLayout(client) : originLayout;
  return new Reception(client, covers(originLayout, layout) ? undefined : layout);
}

/** What a kind of client can receive. */
export class Reception {
  /** What it says of itself. */
  readonly client: ClientCapabilities;
  /** Its payload types, where they are not those of the room. */
  readonly layout: PayloadLayout | undefined;
  /** Video codecs that it decodes. */
  readonly videoCodecs: readonly VideoCodec[];
  readonly #layered: RtpCapabilities;
  readonly #simple: RtpCapabilities;
  readonly #fitting = new WeakMap<Receivable, RtpCapabilities | 'none'>();

  constructor(client: ClientCapabilities, layout: PayloadLayout | undefined) {
    this.client = client;
    this.layout = layout;
    this.videoCodecs = decodableCodecs(client);
    this.#layered = layout ? layoutCapabilities(layout, client) : toMediasoupCapabilities(client);
    this.#simple = withoutCongestionControl(this.#layered);
  }

  /** The capabilities with which a producer is consumed; undefined when this client cannot. */
  of(producer: Receivable): RtpCapabilities | undefined {
    let fitting = this.#fitting.get(producer);
    if (!fitting) {
      const relevant = relevantTo(producer, producer.type === 'simple' ? this.#simple : this.#layered);
      fitting = canConsume(producer, relevant) ? relevant : 'none';
      this.#fitting.set(producer, fitting);
    }
    return fitting === 'none' ? undefined : fitting;
  }
}

/** Only what matters for a producer: mediasoup copies and checks all that it is given for each consumer. */
function relevantTo(
  { kind, rtpParameters }: Receivable,
  { codecs = [], headerExtensions = [] }: RtpCapabilities,
): RtpCapabilities {
  const wanted = new Set(rtpParameters.codecs.map(({ mimeType }) => mimeType.toLowerCase()));
  const media = codecs.filter(({ mimeType }) => !isRtx(mimeType) && wanted.has(mimeType.toLowerCase()));
  const payloadTypes = new Set(media.map(({ preferredPayloadType }) => preferredPayloadType));
  const rtx = codecs.filter(
    ({ mimeType, parameters }) => isRtx(mimeType) && payloadTypes.has(Number(parameters?.apt)),
  );
  return {
    codecs: [...media, ...rtx],
    headerExtensions: headerExtensions.filter((extension) => !extension.kind || extension.kind === kind),
  };
}

function canConsume({ consumableRtpParameters }: Receivable, capabilities: RtpCapabilities): boolean {
  try {
    // It completes what it is given, in place.
    return ortc.canConsume(consumableRtpParameters, structuredClone(capabilities));
  } catch {
    // What cannot be read fits nothing.
    return false;
  }
}

function isRtx(mimeType: string): boolean {
  return /\/rtx$/i.test(mimeType);
}
