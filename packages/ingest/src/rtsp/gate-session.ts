import type { Socket } from 'node:net';
import type { InputProblem } from '../input.ts';
import type { AllowedAddress } from './address-policy.ts';
import { describeAnswer, describeFormatError, describeRedirect } from './answer-problem.ts';
import { Authorizer, type Signature } from './authorizer.ts';
import { describeSocketError } from './camera-connection.ts';
import type { CameraUrl } from './camera-url.ts';
import {
  formatMessage,
  headerValue,
  headerValues,
  type RtspHeader,
  type RtspMessage,
  type RtspStatus,
  readRequest,
  readStatus,
} from './message.ts';
import { rewriteHeaders, rewriteUri } from './rewrite.ts';
import { RtspFormatError, RtspSplitter } from './splitter.ts';

export interface GateSessionOptions {
  /** FFmpeg. */
  readonly client: Socket;
  readonly socket: Socket;
  readonly camera: CameraUrl;
  readonly address: AllowedAddress;
  /** The URL that FFmpeg was given. */
  readonly gateUrl: string;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number;
  /** Gets the channel and first bytes of each interleaved packet of the camera. */
  readonly onPacket: (channel: number, start: Buffer) => void;
  /** The first thing that went wrong. */
  readonly onProblem: (problem: InputProblem) => void;
  /** Both connections are, or are being, closed. Comes once. */
  readonly onClosed: () => void;
}

/** A request of FFmpeg that the camera has not answered. */
interface Pending {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly RtspHeader[];
  readonly body: Buffer;
  /** FFmpeg's number of it. */
  readonly cseq: string;
  /** How often it was sent. */
  tries: number;
  signature: Signature | undefined;
}

/** Without an answer to these there are no media. Others are for keeping the session alive, and some cameras ignore them. */
const DIALOG = new Set(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY']);
/** Cameras ask these to see whether we live. */
const ANSWERED = new Set(['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER']);
/** A camera that refuses everything gets no more than this of each request, lest it locks the user out. */
const MAX_TRIES = 3;
/** Requests that a camera may leave without an answer. */
const MAX_PENDING = 32;
/** Milliseconds that the camera gets to take the farewell. */
const FAREWELL_MS = 1000;

/** One connection of FFmpeg, joined to one of the camera. */
export class GateSession {
  readonly #options: GateSessionOptions;
  readonly #authorizer: Authorizer;
  readonly #requests: RtspSplitter;
  readonly #answers: RtspSplitter;
  /** By the number under which they were sent to the camera, oldest first. */
  readonly #pending = new Map<number, Pending>();
  #cseq = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasAnswered = false;
  #isPlaying = false;
  /** The camera's name for what has been set up; to be torn down. */
  #session: string | undefined;
  #isClosed = false;

  constructor(options: GateSessionOptions) {
    this.#options = options;
    this.#authorizer = new Authorizer(options.camera.credentials);
    const { client, socket } = options;
    this.#requests = new RtspSplitter({
      onFrames: (bytes) => this.#toCamera(bytes),
      onMessage: (message) => this.#handleRequest(message),
    });
    this.#answers = new RtspSplitter({
      onFrames: (bytes) => this.#toClient(bytes),
      onMessage: (message) => this.#handleCameraMessage(message),
      onPacket: options.onPacket,
    });
    client.on('close', () => this.close());
    client.on('end', () => this.close());
    client.on('error', () => this.close());
    client.on('drain', () => socket.resume());
    socket.on('drain', () => client.resume());
    socket.on('data', (chunk: Buffer) => this.#handleCameraData(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#handleCameraGone(error));
    socket.on('close', () => this.#handleCameraGone({}));
  }

  /** What FFmpeg sends. */
  push(chunk: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#requests.push(chunk);
    } catch (error) {
      if (!(error instanceof RtspFormatError)) throw error;
      this.close();
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const { client, socket, onClosed } = this.#options;
    client.destroy();
    this.#sayFarewell();
    socket.resume().end();
    const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
    socket.once('close', () => clearTimeout(timer));
    if (socket.closed) clearTimeout(timer);
    onClosed();
  }

  /** An FFmpeg that was killed said none: many cameras would hold its place among few for a minute. */
  #sayFarewell(): void {
    if (this.#session === undefined || !this.#options.socket.writable) return;
    const headers: RtspHeader[] = [['Session', this.#session]];
    this.#send({
      method: 'TEARDOWN',
      uri: this.#options.camera.base,
      headers,
      body: Buffer.alloc(0),
      cseq: '',
    });
  }

  #toCamera(bytes: Buffer): void {
    const { client, socket } = this.#options;
    if (socket.writable && !socket.write(bytes)) client.pause();
  }

  #toClient(bytes: Buffer): void {
    const { client, socket } = this.#options;
    if (client.writable && !client.write(bytes)) socket.pause();
  }

  #handleRequest(message: RtspMessage): void {
    const request = readRequest(message);
    // Anything else FFmpeg says is an answer to a request that the gate has answered.
    if (!request) return;
    const { gateUrl, camera } = this.#options;
    const uri = rewriteUri(request.uri, gateUrl, camera.base);
    const headers = message.headers.filter(
      ([name]) => !/^(?:cseq|authorization|content-length)$/i.test(name),
    );
    const cseq = headerValue(message, 'CSeq') ?? '';
    this.#send({ method: request.method, uri, headers, body: message.body, cseq });
  }

  #send(request: Omit<Pending, 'tries' | 'signature'>, tries = 0): void {
    const { method, uri, headers, body } = request;
    const signature = this.#authorizer.sign(method, uri);
    this.#cseq += 1;
    this.#pending.set(this.#cseq, { ...request, tries: tries + 1, signature });
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined && this.#pending.size > MAX_PENDING) this.#pending.delete(oldest);
    if (method === 'TEARDOWN') this.#session = undefined;
    if (DIALOG.has(method) && !this.#isPlaying) this.#expectAnswer(method);
    const own: RtspHeader[] = [['CSeq', `${this.#cseq}`]];
    if (signature) own.push(['Authorization', signature.header]);
    this.#toCamera(formatMessage(`${method} ${uri} RTSP/1.0`, [...own, ...headers], body));
  }

  #expectAnswer(method: string): void {
    const { timeoutMs } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fail({
        reason: `The camera did not answer ${method} within ${timeoutMs / 1000} s (timed out): it may be overloaded or starting; restart it if this goes on`,
        final: false,
      });
    }, timeoutMs);
  }

  #handleCameraData(chunk: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#answers.push(chunk);
    } catch (error) {
      if (!(error instanceof RtspFormatError)) throw error;
      this.#fail(describeFormatError(error.message, this.#options.camera, this.#hasAnswered));
    }
  }

  #handleCameraMessage(message: RtspMessage): void {
    if (this.#isClosed) return;
    const status = readStatus(message);
    const request = readRequest(message);
    if (status) this.#handleAnswer(message, status);
    else if (request) this.#handleCameraRequest(request.method, message);
    else throw new RtspFormatError('something that is not RTSP');
  }

  /** FFmpeg never sees these: what it makes of them is its own. */
  #handleCameraRequest(method: string, message: RtspMessage): void {
    if (method === 'REDIRECT') {
      this.#fail(describeRedirect(headerValue(message, 'Location')));
      return;
    }
    const headers = message.headers.filter(([name]) => /^(?:cseq|session)$/i.test(name));
    const line = ANSWERED.has(method) ? 'RTSP/1.0 200 OK' : 'RTSP/1.0 501 Not Implemented';
    this.#toCamera(formatMessage(line, headers));
  }

  #handleAnswer(message: RtspMessage, { status, phrase }: RtspStatus): void {
    this.#hasAnswered = true;
    const [number, pending] = this.#find(headerValue(message, 'CSeq'));
    if (number === undefined || !pending || status < 200) return;
    this.#pending.delete(number);
    const { method, signature, tries, cseq } = pending;
    if (DIALOG.has(method)) clearTimeout(this.#timer);
    if (status === 401 && tries < MAX_TRIES) {
      const challenges = headerValues(message, 'WWW-Authenticate');
      if (this.#authorizer.handleRefused(challenges, signature)) {
        this.#send(pending, tries);
        return;
      }
    }
    if (status >= 300 && status < 400) {
      this.#fail(describeRedirect(headerValue(message, 'Location')));
      return;
    }
    const { camera, address, onProblem } = this.#options;
    if (status < 300) {
      this.#authorizer.handleAccepted(signature);
      if (method === 'PLAY') this.#isPlaying = true;
      const session = headerValue(message, 'Session')?.split(';')[0]?.trim();
      if (method === 'SETUP' && session) this.#session = session;
    } else if (DIALOG.has(method) && !this.#isPlaying) {
      onProblem(describeAnswer(method, status, phrase, camera));
    }
    const headers = rewriteHeaders(message, cseq, address.address);
    this.#toClient(formatMessage(`RTSP/1.0 ${status} ${phrase}`.trimEnd(), headers, message.body));
  }

  /** Cameras answer in order; some count on their own. */
  #find(cseq: string | undefined): [number, Pending] | [] {
    const number = Number(cseq);
    const pending = this.#pending.get(number);
    if (pending) return [number, pending];
    const [oldest] = this.#pending;
    return oldest ?? [];
  }

  #handleCameraGone(error: { readonly code?: string | undefined }): void {
    if (this.#isClosed) return;
    const { camera, client, onProblem } = this.#options;
    onProblem(describeSocketError(camera, error));
    this.#session = undefined;
    // What has been passed on reaches FFmpeg before the end; its own end then closes this.
    client.resume().end();
  }

  #fail(problem: InputProblem): void {
    this.#options.onProblem(problem);
    this.close();
  }
}
