import type { RtpInput } from '@spillway/protocol';
import type { PlainTransport, Producer, Router, RtpParameters } from 'mediasoup/types';
import type { OpenInlet, RtpInlet } from '../rtp/inlet.ts';

/** An inlet on transports of a mediasoup router. */
export interface MediasoupInlet extends RtpInlet {
  readonly transports: readonly PlainTransport[];
  /** By the SSRC of its input, or lowest layer. */
  readonly producers: ReadonlyMap<number, Producer>;
}

/** Opens such inlets and tells each. */
export function mediasoupInlets(router: Router, onInlet: (inlet: MediasoupInlet) => void): OpenInlet {
  return async ({ inputs, layers, listenAddress, hold, onReady, onLive, onClosed }) => {
    const transports: PlainTransport[] = [];
    const producers = new Map<number, Producer>();
    let closed = false;
    let held = hold ?? false;
    let ready = false;
    let live = false;
    const take = () => {
      if (held || !ready || live || closed) return;
      live = true;
      onLive();
    };
    const close = () => {
      closed = true;
      for (const transport of transports) transport.close();
    };
    const received = async () => {
      const bytes = { video: 0, audio: 0 };
      for (const producer of producers.values()) {
        for (const { byteCount } of await producer.getStats()) bytes[producer.kind] += byteCount;
      }
      return bytes;
    };
    try {
      for (const [port, group] of Map.groupBy(inputs, (input) => input.port)) {
        const listen = { protocol: 'udp', ip: listenAddress } as const;
        const transport = await router.createPlainTransport({
          listenInfo: { ...listen, port },
          rtcpListenInfo: { ...listen, port: group[0]?.rtcpPort ?? 0 },
          rtcpMux: false,
          comedia: true,
        });
        transports.push(transport);
        transport.observer.once('close', () => {
          if (!closed) onClosed('The worker has died');
        });
        const streams = layers && group[0]?.kind === 'video' ? [group] : group.map((input) => [input]);
        for (const [input, ...higher] of streams) {
          if (!input) continue;
          const producer = await transport.produce({
            kind: input.kind,
            rtpParameters: rtpParameters(input, higher),
          });
          producers.set(input.ssrc, producer);
          if (input.kind === 'audio') continue;
          producer.on('trace', () => {
            if (ready || closed) return;
            ready = true;
            if (held) onReady?.();
            take();
          });
          await producer.enableTraceEvent(['keyframe']);
        }
      }
    } catch (error) {
      close();
      throw error;
    }
    const inlet: MediasoupInlet = {
      transports,
      producers,
      received,
      hold: () => {
        held = !live;
      },
      release: () => {
        held = false;
        take();
      },
      close,
    };
    onInlet(inlet);
    return inlet;
  };
}

function rtpParameters({ codec, payloadType, ssrc }: RtpInput, higher: readonly RtpInput[]): RtpParameters {
  const fields =
    codec === 'opus'
      ? { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }
      : { mimeType: `video/${codec}`, clockRate: 90_000 };
  const parameters = codec === 'H264' ? { 'packetization-mode': 1, 'profile-level-id': '42e01f' } : {};
  const encodings = [{ ssrc }, ...higher.map((input) => ({ ssrc: input.ssrc }))];
  return { codecs: [{ ...fields, parameters, payloadType }], encodings };
}
