import { createSocket, type Socket } from 'node:dgram';
import type { RtpInput } from '@spillway/protocol';
import type { OpenInlet, ReceivedBytes, RtpInlet, RtpInletOptions } from '../rtp/inlet.ts';
import { beginsKeyFrame, parseRtp, type RtpPacket } from './rtp-packet.ts';

/** An inlet on plain sockets that, as a comedia transport does, listens to the first sender on each port only. */
export class DgramInlet implements RtpInlet {
  readonly options: RtpInletOptions;
  /** Bytes received for an input, by its SSRC. */
  readonly bytes = new Map<number, number>();
  closed = false;
  /** Whether RTP has come from anyone. */
  locked = false;
  /** What it answers when the first key frame comes; undefined: it is taken. */
  refusal: string | undefined;
  onPacket: (input: RtpInput, packet: RtpPacket) => void = () => {};
  readonly #sockets: Socket[] = [];
  readonly #received = { video: 0, audio: 0 };
  #held: boolean;
  #ready = false;
  #taken = false;

  constructor(options: RtpInletOptions) {
    this.options = options;
    this.#held = options.hold ?? false;
  }

  async bind(): Promise<void> {
    const ports = new Set(this.options.inputs.flatMap(({ port, rtcpPort }) => [port, rtcpPort]));
    for (const port of ports) {
      const socket = createSocket('udp4');
      this.#sockets.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind({ port, address: this.options.listenAddress, exclusive: true }, resolve);
      });
      let sender: number | undefined;
      socket.on('message', (data, from) => {
        sender ??= from.port;
        this.locked ||= this.options.inputs.some((input) => input.port === port);
        if (sender === from.port) this.#receive(port, data);
      });
    }
  }

  async received(): Promise<ReceivedBytes> {
    return { ...this.#received };
  }

  hold(): void {
    if (!this.#taken) this.#held = true;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    if (this.#ready && !this.closed) this.#take();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const socket of this.#sockets) socket.close();
  }

  /** Ends it as the death of a worker does. */
  die(): void {
    this.close();
    this.options.onClosed('The worker has died');
  }

  #receive(port: number, data: Buffer): void {
    if (this.closed || !this.options.inputs.some((input) => input.port === port)) return;
    const packet = parseRtp(data);
    const input = this.options.inputs.find(
      ({ ssrc, payloadType }) => ssrc === packet?.ssrc && payloadType === packet?.payloadType,
    );
    if (!packet || !input) return;
    this.#received[input.kind] += data.length;
    this.bytes.set(input.ssrc, (this.bytes.get(input.ssrc) ?? 0) + data.length);
    this.onPacket(input, packet);
    if (this.#ready || input.kind === 'audio' || !beginsKeyFrame(input.codec, packet.payload)) return;
    this.#ready = true;
    if (this.#held) this.options.onReady?.();
    else this.#take();
  }

  #take(): void {
    this.#taken = true;
    if (this.refusal === undefined) this.options.onLive();
    else this.options.onRefused(this.refusal);
  }
}

/** Opens such inlets and keeps them. */
export class DgramInlets {
  readonly all: DgramInlet[] = [];
  /** Answer of the inlets to come. */
  refusal: string | undefined;
  /** While set, opening fails. */
  failure: string | undefined;

  readonly open: OpenInlet = async (options) => {
    if (this.failure !== undefined) throw new Error(this.failure);
    const inlet = new DgramInlet(options);
    inlet.refusal = this.refusal;
    try {
      await inlet.bind();
    } catch (error) {
      inlet.close();
      throw error;
    }
    this.all.push(inlet);
    return inlet;
  };

  /** The newest one. */
  get last(): DgramInlet | undefined {
    return this.all.at(-1);
  }
}
