import { createSocket, type Socket } from 'node:dgram';
import type { RtpInput } from '@spillway/protocol';

const LOOPBACK = '127.0.0.1';

/** A key frame comes in one burst, at any moment of this process. Bytes; the system gives what it allows. */
const BUFFER_SIZE = 4 * 2 ** 20;

/** How often the latest sender reports are repeated, and the activity is told. Milliseconds. */
const INTERVAL_MS = 1000;

const VERSION = 2;
const RTP_HEADER = 12;
/** Header and sender's information (RFC 3550, section 6.4.1). */
const SENDER_REPORT_LENGTH = 28;
const SENDER_REPORT = 200;
const BYE = 203;

export interface LayerRelayOptions {
  /** Where the room's inlet listens: the simulcast layers of one video, lowest first, all at one address and port. */
  readonly layers: readonly RtpInput[];
  /**
   * Called once a second with the moments (`performance.now()`) at which each layer last had a packet; undefined for one
   * that has had none.
   */
  readonly onActivity?: (lastPacketAt: readonly (number | undefined)[]) => void;
}

/** A layer on its way. */
interface Layer {
  readonly ssrc: number;
  /** The latest compound packet that begins with a sender report. */
  report: Buffer | undefined;
  lastPacketAt: number | undefined;
}

/**
 * Sends the layers of one video, which come from a socket each, on from one address and port, the only one that the
 * room's inlet takes. Packets stay as they are; those with another SSRC than their layer's are dropped.
 *
 * mediasoup passes over the sender report of a stream that it has not seen yet, and cannot switch to a layer without
 * one. So the latest report of each layer is sent again after its first packet and from then on once a second.
 */
export class LayerRelay {
  /** What FFmpeg sends to: the same streams in the same order, at ports of the relay. */
  readonly inputs: readonly RtpInput[];
  readonly #sockets: readonly Socket[];
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #layers: readonly Layer[];
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  /** @throws when there is no port left on this machine, or no layer is given */
  static async open({ layers, onActivity }: LayerRelayOptions): Promise<LayerRelay> {
    const [target] = layers;
    if (!target) throw new RangeError('A relay of layers needs a layer');
    const opened = await Promise.allSettled([
      openSender(target.address, target.port),
      openSender(target.address, target.rtcpPort),
      ...layers.flatMap(() => [openReceiver(), openReceiver()]),
    ]);
    const sockets = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = opened.find((result) => result.status === 'rejected');
    const [rtp, rtcp, ...receivers] = sockets;
    if (failure || !rtp || !rtcp) {
      for (const socket of sockets) socket.close();
      throw failure?.reason;
    }
    return new LayerRelay(layers, rtp, rtcp, receivers, onActivity);
  }

  private constructor(
    layers: readonly RtpInput[],
    rtp: Socket,
    rtcp: Socket,
    receivers: readonly Socket[],
    onActivity: LayerRelayOptions['onActivity'],
  ) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#sockets = [rtp, rtcp, ...receivers];
    this.#layers = layers.map(({ ssrc }) => ({ ssrc, report: undefined, lastPacketAt: undefined }));
    this.inputs = layers.map((input, index) => {
      const [rtpIn, rtcpIn] = receivers.slice(2 * index);
      return {
        ...input,
        address: LOOPBACK,
        port: rtpIn?.address().port ?? 0,
        rtcpPort: rtcpIn?.address().port ?? 0,
      };
    });
    for (const [index, layer] of this.#layers.entries()) {
      const [rtpIn, rtcpIn] = receivers.slice(2 * index);
      rtpIn?.on('message', (packet) => this.#handleRtp(layer, packet));
      rtcpIn?.on('message', (packet) => this.#handleRtcp(layer, packet));
    }
    // UDP tells of a port without a listener: the inlet is being opened again.
    for (const socket of this.#sockets) socket.on('error', () => {});
    this.#timer = setInterval(() => {
      for (const layer of this.#layers) this.#repeatReport(layer);
      onActivity?.(this.#layers.map(({ lastPacketAt }) => lastPacketAt));
    }, INTERVAL_MS);
  }

  /** Frees its ports. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.close();
  }

  #handleRtp(layer: Layer, packet: Buffer): void {
    if (this.#closed || packet.length < RTP_HEADER || packet.readUInt8(0) >> 6 !== VERSION) return;
    if (packet.readUInt32BE(8) !== layer.ssrc) return;
    this.#rtp.send(packet);
    const first = layer.lastPacketAt === undefined;
    layer.lastPacketAt = performance.now();
    if (first) this.#repeatReport(layer);
  }

  #handleRtcp(layer: Layer, packet: Buffer): void {
    if (this.#closed || packet.length < 8 || packet.readUInt8(0) >> 6 !== VERSION) return;
    if (packet.readUInt32BE(4) !== layer.ssrc) return;
    this.#rtcp.send(packet);
    if (isReportToRepeat(packet)) layer.report = packet;
  }

  #repeatReport({ report, lastPacketAt }: Layer): void {
    if (report && lastPacketAt !== undefined) this.#rtcp.send(report);
  }
}

/** Whether a compound packet begins with a sender report and is not the sender's last word. */
function isReportToRepeat(packet: Buffer): boolean {
  if (packet.length < SENDER_REPORT_LENGTH || packet.readUInt8(1) !== SENDER_REPORT) return false;
  for (let at = 0; at + 4 <= packet.length; at += 4 * (packet.readUInt16BE(at + 2) + 1)) {
    if (packet.readUInt8(at + 1) === BYE) return false;
  }
  return true;
}

function openReceiver(): Promise<Socket> {
  return opened((socket, done) => socket.bind({ port: 0, address: LOOPBACK, exclusive: true }, done));
}

function openSender(address: string, port: number): Promise<Socket> {
  // Connected: an address is not looked up for each packet.
  return opened((socket, done) => socket.connect(port, address, done));
}

function opened(open: (socket: Socket, done: () => void) => void): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_SIZE, sendBufferSize: BUFFER_SIZE });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    open(socket, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
