import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { InputError, type InputProblem } from '../input.ts';
import type { AllowedAddress } from './address-policy.ts';
import { connectCamera } from './camera-connection.ts';
import type { CameraUrl } from './camera-url.ts';
import { GateSession } from './gate-session.ts';
import { readRequest } from './message.ts';
import { isOwnPeer } from './own-peer.ts';
import { isUnder } from './rewrite.ts';
import { type Loss, RtpLoss } from './rtp-loss.ts';
import { RtspFormatError, RtspSplitter } from './splitter.ts';

export interface RtspGateOptions {
  readonly camera: CameraUrl;
  /** The address that the policy allows. */
  readonly address: AllowedAddress;
  /** Milliseconds for connecting, and for each answer. */
  readonly timeoutMs: number;
  /** A connection to the camera that has been made already, for the first client. */
  readonly connected: Socket;
}

/** Milliseconds that a client may take to name the token. */
const TOKEN_TIMEOUT_MS = 5000;
/** Clients that have not named it yet. */
const MAX_STRANGERS = 4;

/**
 * Stands between FFmpeg and a camera, on loopback, so that FFmpeg knows neither the camera's address nor its password, and
 * cannot be sent anywhere else by the camera. Takes one client at a time, which is of the same user and names the token in
 * its first request; each gets a connection to the camera of its own.
 */
export class RtspGate {
  readonly #options: RtspGateOptions;
  readonly #server: Server;
  readonly #giveUp = new AbortController();
  readonly #strangers = new Set<Socket>();
  readonly #loss = new RtpLoss();
  #connected: Socket | undefined;
  #session: GateSession | undefined;
  /** Whether a client has been taken; it may still be waiting for the camera. */
  #isTaken = false;
  #problem: InputProblem | undefined;
  /** What FFmpeg opens. */
  readonly url: string;

  /** @throws when there is no port to listen on */
  static async open(options: RtspGateOptions): Promise<RtspGate> {
    const server = createServer({ noDelay: true });
    try {
      // FFmpeg receives UDP with the family that it reaches the gate by.
      const host = options.address.family === 6 ? '::1' : '127.0.0.1';
      server.listen({ host, port: 0, exclusive: true });
      await once(server, 'listening');
      const bound = server.address();
      if (typeof bound !== 'object' || !bound) throw new Error('The RTSP gate has no port');
      const token = randomBytes(16).toString('hex');
      const name = options.address.family === 6 ? '[::1]' : '127.0.0.1';
      return new RtspGate(options, server, `rtsp://${name}:${bound.port}/${token}`);
    } catch (error) {
      options.connected.destroy();
      throw error;
    }
  }

  private constructor(options: RtspGateOptions, server: Server, url: string) {
    this.#options = options;
    this.#server = server;
    this.#connected = options.connected;
    this.url = url;
    server.on('connection', (client) => this.#handleClient(client));
    // Running out of file descriptors costs this client, nothing else.
    server.on('error', () => {});
  }

  /** What went wrong with the last client's connection to the camera. */
  get problem(): InputProblem | undefined {
    return this.#problem;
  }

  /** RTP packets over TCP since the gate was opened. */
  get loss(): Loss {
    return this.#loss.total;
  }

  /** Idempotent. Closes all connections. */
  close(): void {
    this.#giveUp.abort();
    this.#server.close();
    this.#connected?.destroy();
    this.#session?.close();
    for (const client of this.#strangers) client.destroy();
  }

  #handleClient(client: Socket): void {
    client.on('error', () => {});
    if (this.#isTaken || this.#strangers.size >= MAX_STRANGERS || this.#giveUp.signal.aborted) {
      client.destroy();
      return;
    }
    this.#strangers.add(client);
    const timer = setTimeout(() => client.destroy(), TOKEN_TIMEOUT_MS);
    const forget = () => {
      clearTimeout(timer);
      this.#strangers.delete(client);
    };
    client.once('close', forget);
    const received: Buffer[] = [];
    let isKnown: boolean | undefined;
    const splitter = new RtspSplitter({
      onFrames: () => {
        isKnown ??= false;
      },
      onMessage: (message) => {
        isKnown ??= isUnder(readRequest(message)?.uri ?? '', this.url);
      },
    });
    const handleData = (chunk: Buffer) => {
      received.push(chunk);
      try {
        splitter.push(chunk);
      } catch (error) {
        if (!(error instanceof RtspFormatError)) throw error;
        isKnown = false;
      }
      if (isKnown === undefined) return;
      client.off('data', handleData);
      forget();
      if (!isKnown || this.#isTaken) client.destroy();
      else void this.#take(client, received);
    };
    client.on('data', handleData);
  }

  /** @param received what the client has sent */
  async #take(client: Socket, received: readonly Buffer[]): Promise<void> {
    this.#isTaken = true;
    this.#problem = undefined;
    client.pause();
    try {
      if (!(await isOwnPeer(client))) {
        client.destroy();
        return;
      }
      const socket = await this.#connect(client);
      if (client.destroyed || this.#giveUp.signal.aborted) {
        socket.destroy();
        client.destroy();
      } else {
        this.#join(client, socket, received);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // A client that has gone has broken it off itself.
      if (!client.destroyed) this.#note(error.problem);
      client.destroy();
    } finally {
      if (!this.#session) this.#isTaken = false;
    }
  }

  async #connect(client: Socket): Promise<Socket> {
    const connected = this.#connected;
    this.#connected = undefined;
    // It may have waited for long.
    if (connected?.readable && connected.writable) return connected;
    connected?.destroy();
    const { camera, address, timeoutMs } = this.#options;
    const gone = new AbortController();
    client.once('close', () => gone.abort());
    const giveUp = AbortSignal.any([this.#giveUp.signal, gone.signal]);
    return await connectCamera({ camera, to: address, timeoutMs, giveUp });
  }

  #join(client: Socket, socket: Socket, received: readonly Buffer[]): void {
    const { camera, address, timeoutMs } = this.#options;
    const session = new GateSession({
      client,
      socket,
      camera,
      address,
      gateUrl: this.url,
      timeoutMs,
      onPacket: (channel, start) => this.#loss.count(channel, start),
      onProblem: (problem) => this.#note(problem),
      onClosed: () => {
        this.#session = undefined;
        this.#isTaken = false;
      },
    });
    this.#session = session;
    for (const chunk of received) session.push(chunk);
    client.on('data', (chunk: Buffer) => session.push(chunk));
    client.resume();
  }

  /** What comes after the first problem comes of it. */
  #note(problem: InputProblem): void {
    this.#problem ??= problem;
  }
}
