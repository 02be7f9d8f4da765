import { createWorker } from 'mediasoup';
import type {
  PlainTransport,
  Producer,
  Router,
  RtpCapabilities,
  RtpParameters,
  WebRtcServer,
  WebRtcTransport,
  Worker,
} from 'mediasoup/types';
import { type HarnessOptions, viewerCapabilities } from './harness-options.ts';

const ADDRESS = '127.0.0.1';

/** A worker with what viewers need there. */
interface Place {
  readonly worker: Worker;
  readonly webRtcServer: WebRtcServer;
  readonly router: Router;
  readonly producerId: string;
  readonly capabilities: RtpCapabilities;
}

const codecs = {
  VP8: { mimeType: 'video/VP8', clockRate: 90_000 },
  H264: {
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' },
  },
} as const;

/** mediasoup and nothing else: one video that comes by plain RTP, forwarded to WebRTC transports. */
export class BareSfu {
  readonly #places: readonly Place[];
  readonly #inlet: PlainTransport;
  #next = 0;

  /** @throws when a worker does not start */
  static async create(options: HarnessOptions): Promise<BareSfu> {
    const [first, ...others] = await Promise.all(
      Array.from({ length: options.workers }, () => openWorker(options)),
    );
    if (!first) throw new Error('a harness needs a worker');
    const inlet = await first.router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: ADDRESS, recvBufferSize: 4 * 2 ** 20 },
      rtcpListenInfo: { protocol: 'udp', ip: ADDRESS },
      rtcpMux: false,
      comedia: true,
    });
    const producer = await inlet.produce({ kind: 'video', rtpParameters: videoParameters(options) });
    const places = await Promise.all(
      [first, ...others].map(async (open) => ({
        ...open,
        producerId: await carry(producer, first.router, open.router),
        capabilities: viewerCapabilities(open.router.rtpCapabilities, options.feedback),
      })),
    );
    return new BareSfu(places, inlet);
  }

  private constructor(places: readonly Place[], inlet: PlainTransport) {
    this.#places = places;
    this.#inlet = inlet;
  }

  get capabilities(): RtpCapabilities {
    return this.#places[0]?.capabilities ?? {};
  }

  /** UDP ports that take the video and its sender reports. */
  get ports(): { rtpPort: number; rtcpPort: number } {
    return { rtpPort: this.#inlet.tuple.localPort, rtcpPort: this.#inlet.rtcpTuple?.localPort ?? 0 };
  }

  get workerPids(): number[] {
    return this.#places.map(({ worker }) => worker.pid);
  }

  /** A transport with a paused consumer, on the next worker. */
  async admit() {
    const place = this.#places[this.#next++ % this.#places.length];
    if (!place) throw new Error('the harness has no worker');
    const { router, webRtcServer, producerId, capabilities } = place;
    const transport: WebRtcTransport = await router.createWebRtcTransport({ webRtcServer, enableTcp: false });
    const consumer = await transport.consume({ producerId, rtpCapabilities: capabilities, paused: true });
    return { transport, consumer };
  }

  /** Idempotent. */
  close(): void {
    for (const { worker } of this.#places) worker.close();
  }
}

async function openWorker({ workerBin, codec, socketBuffer }: HarnessOptions) {
  const worker = await createWorker({ workerBin, logLevel: 'error' });
  const buffers = socketBuffer > 0 ? { sendBufferSize: socketBuffer, recvBufferSize: socketBuffer } : {};
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: 'udp', ip: ADDRESS, ...buffers }],
  });
  const router = await worker.createRouter({ mediaCodecs: [{ kind: 'video', ...codecs[codec] }] });
  return { worker, webRtcServer, router };
}

/** The id under which a router has the producer. */
async function carry(producer: Producer, origin: Router, router: Router): Promise<string> {
  if (router === origin) return producer.id;
  await origin.pipeToRouter({ producerId: producer.id, router, enableSctp: false });
  return producer.id;
}

function videoParameters({ codec, ssrc, payloadType }: HarnessOptions): RtpParameters {
  return {
    codecs: [{ ...codecs[codec], payloadType }],
    encodings: [{ ssrc }],
    rtcp: { cname: 'bench' },
  };
}
