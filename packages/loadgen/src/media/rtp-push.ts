import { createSocket, type Socket } from 'node:dgram';
import { monotonicMicros } from './clock.ts';
import { asksForKeyFrame } from './key-frame-request.ts';
import { MediaClock } from './media-clock.ts';
import { senderReport } from './sender-report.ts';
import { type VideoShape, VideoSource, type VideoStream } from './video-source.ts';

/** Between sender reports. Milliseconds. */
const REPORT_INTERVAL = 1000;

/** Where plain RTP goes, and as what: an input of a source of type `rtp`, or a mediasoup PlainTransport. */
export interface RtpPushTarget extends VideoStream {
  /** IPv4. Default `127.0.0.1`. */
  readonly address?: string;
  readonly port: number;
  /** Default: RTCP goes to `port` too (RFC 5761). */
  readonly rtcpPort?: number;
}

export interface RtpPushOptions {
  /** Whether a request for a key frame (PLI, FIR) is answered, with the next frame. Default true; many encoders ignore them. */
  readonly answersRequests?: boolean;
}

/** Pushes made video by plain RTP over UDP, frame by frame in its time, with RTCP sender reports. */
export class RtpPush {
  readonly #target: RtpPushTarget;
  readonly #source: VideoSource;
  readonly #clock: MediaClock;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  #reports: NodeJS.Timeout | undefined;
  #requests = 0;
  #closed = false;

  constructor(
    target: RtpPushTarget,
    shape: VideoShape = {},
    { answersRequests = true }: RtpPushOptions = {},
  ) {
    this.#target = target;
    this.#source = new VideoSource(target, shape);
    this.#clock = new MediaClock(this.#source.frameRate, () => this.#sendFrame());
    this.#rtp = openSocket();
    this.#rtcp = target.rtcpPort === undefined ? this.#rtp : openSocket();
    this.#rtcp.on('message', (data) => {
      if (!asksForKeyFrame(data)) return;
      this.#requests += 1;
      if (answersRequests) this.#source.requestKeyFrame();
    });
  }

  /** Packets that were sent. */
  get packets(): number {
    return this.#source.packets;
  }

  /** Frames that were sent. */
  get frames(): number {
    return this.#source.frames;
  }

  /** RTCP packets that asked for a key frame. */
  get keyFrameRequests(): number {
    return this.#requests;
  }

  /** Begins to send, with a key frame. */
  start(): void {
    if (this.#closed || this.#reports) return;
    this.#clock.start();
    this.#reports = setInterval(() => this.#sendReport(), REPORT_INTERVAL);
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#clock.stop();
    clearInterval(this.#reports);
    this.#rtp.close();
    if (this.#rtcp !== this.#rtp) this.#rtcp.close();
  }

  #sendFrame(): void {
    const { address = '127.0.0.1', port } = this.#target;
    for (const packet of this.#source.nextFrame(monotonicMicros())) this.#rtp.send(packet, port, address);
  }

  #sendReport(): void {
    const { address = '127.0.0.1', port, rtcpPort = port } = this.#target;
    this.#rtcp.send(senderReport(this.#source, 'spillway-load', Date.now()), rtcpPort, address);
  }
}

function openSocket(): Socket {
  const socket = createSocket('udp4');
  // What listens may be gone for a while: plain RTP goes on.
  socket.on('error', () => {});
  return socket;
}
