import { type AmfValue, decodeAmf0 } from './amf0.ts';
import { ChunkReader, writeChunks } from './chunk-stream.ts';
import { Handshake } from './handshake.ts';
import {
  commandMessage,
  controlMessage,
  MessageType,
  peerBandwidthMessage,
  type RtmpMessage,
  UserControl,
  userControlMessage,
} from './message.ts';
import type { Publication } from './publication.ts';
import { RtmpError } from './rtmp-error.ts';

/** The one application that encoders publish to. */
export const APP = 'live';
const WINDOW = 2_500_000;
/** An encoder that asks for more acknowledgements than that gets fewer. */
const MIN_WINDOW = 65_536;
const CHUNK_SIZE = 128;
const CONTROL_STREAM = 2;
const COMMAND_STREAM = 3;
/** The one message stream of a connection. */
const STREAM_ID = 1;

/** Whether an encoder may publish. */
export type Verdict =
  | { readonly accepted: true; readonly publication: Publication }
  | { readonly accepted: false; readonly reason: string };

export interface PublishSessionOptions {
  readonly send: (bytes: Buffer) => void;
  /** Asked once, with the stream key that the encoder gives. */
  readonly decide: (key: string) => Verdict;
  /**
   * It is over and the connection shall be closed; why, in words for the log. Where the encoder was refused, it has been
   * told why and should get the time to read it.
   */
  readonly onOver: (reason: string, refused: boolean) => void;
}

/** One connection of an encoder as RTMP sees it: bytes in, bytes out, and media to a publication. */
export class PublishSession {
  readonly #send: (bytes: Buffer) => void;
  readonly #decide: (key: string) => Verdict;
  readonly #onOver: PublishSessionOptions['onOver'];
  readonly #reader = new ChunkReader();
  #handshake: Handshake | undefined;
  #connected = false;
  #publication: Publication | undefined;
  #over = false;
  #window = WINDOW;
  #received = 0;
  #acknowledged = 0;

  constructor({ send, decide, onOver }: PublishSessionOptions) {
    this.#send = send;
    this.#decide = decide;
    this.#onOver = onOver;
    this.#handshake = new Handshake(send);
  }

  /**
   * Takes what came from the encoder; once the session is over, nothing.
   *
   * @throws {RtmpError} when the encoder does not keep to RTMP: the connection is of no more use
   */
  push(bytes: Buffer): void {
    if (this.#over) return;
    this.#received += bytes.length;
    const chunks = this.#handshake ? this.#handshake.push(bytes) : bytes;
    if (!chunks) return;
    this.#handshake = undefined;
    for (const message of this.#reader.read(chunks)) {
      this.#handleMessage(message);
      if (this.#over) return;
    }
    this.#acknowledge();
  }

  #handleMessage(message: RtmpMessage): void {
    const { type, payload } = message;
    switch (type) {
      case MessageType.audio:
      case MessageType.video:
        this.#publication?.take(message);
        return;
      case MessageType.command:
        this.#handleCommand(decodeAmf0(payload));
        return;
      case MessageType.commandAmf3:
        // The form that AMF3 clients use for commands in AMF0: a zero in front.
        this.#handleCommand(decodeAmf0(payload.subarray(1)));
        return;
      case MessageType.data:
        this.#handleData(decodeAmf0(payload));
        return;
      case MessageType.dataAmf3:
        this.#handleData(decodeAmf0(payload.subarray(1)));
        return;
      case MessageType.windowAckSize:
        if (payload.length < 4) throw new RtmpError('a control message is cut off');
        this.#window = Math.max(MIN_WINDOW, payload.readUInt32BE());
        return;
      case MessageType.userControl:
        this.#handleUserControl(payload);
        return;
      case MessageType.aggregate:
        throw new RtmpError('the encoder sends aggregate messages, which are not taken');
      default:
    }
  }

  #handleCommand([name, transaction, argument, stream]: readonly AmfValue[]): void {
    if (typeof name !== 'string' || typeof transaction !== 'number')
      throw new RtmpError('a command is malformed');
    if (name === 'connect') {
      this.#connect(transaction, argument);
      return;
    }
    if (!this.#connected) throw new RtmpError('a command comes before connect');
    switch (name) {
      case 'createStream':
        this.#reply(commandMessage(0, '_result', transaction, null, STREAM_ID));
        return;
      case 'publish':
        this.#publish(stream);
        return;
      case 'FCUnpublish':
      case 'closeStream':
      case 'deleteStream':
        if (this.#publication) this.#finish('the encoder has ended its stream', false);
        return;
      case 'play':
        this.#refuse('NetStream.Play.Failed', 'This server takes streams in by RTMP and plays none');
        return;
      default:
        // releaseStream, FCPublish and whatever else an encoder asks: nothing here depends on it.
        if (transaction !== 0) this.#reply(commandMessage(0, '_result', transaction, null, undefined));
    }
  }

  #connect(transaction: number, argument: AmfValue): void {
    if (this.#connected) throw new RtmpError('it connects twice');
    const app = argument instanceof Map ? argument.get('app') : undefined;
    if (typeof app !== 'string' || app.replace(/\?.*$/s, '').replace(/\/+$/, '') !== APP) {
      const description = `There is no such application here: the server URL ends in /${APP}`;
      const info = status('error', 'NetConnection.Connect.InvalidApp', description);
      this.#reply(commandMessage(0, '_error', transaction, null, info));
      this.#finish('the encoder asked for another application than "live"', true);
      return;
    }
    this.#connected = true;
    this.#reply(controlMessage(MessageType.windowAckSize, WINDOW));
    this.#reply(peerBandwidthMessage(WINDOW));
    const properties = new Map<string, AmfValue>([
      ['fmsVer', 'FMS/3,0,1,123'],
      ['capabilities', 31],
    ]);
    const info = status('status', 'NetConnection.Connect.Success', 'Connected', ['objectEncoding', 0]);
    this.#reply(commandMessage(0, '_result', transaction, properties, info));
  }

  #publish(name: AmfValue): void {
    if (this.#publication) throw new RtmpError('it publishes twice');
    const verdict = this.#decide(typeof name === 'string' ? name.replace(/\?.*$/s, '') : '');
    if (!verdict.accepted) {
      this.#refuse('NetStream.Publish.BadName', verdict.reason);
      return;
    }
    this.#publication = verdict.publication;
    this.#reader.allowMedia();
    this.#reply(userControlMessage(UserControl.streamBegin, STREAM_ID));
    const info = status('status', 'NetStream.Publish.Start', 'Publishing');
    this.#reply(commandMessage(STREAM_ID, 'onStatus', 0, null, info));
  }

  #handleData(values: readonly AmfValue[]): void {
    const [name, metadata] = values[0] === '@setDataFrame' ? values.slice(1) : values;
    // Captions and cue points are for nobody here.
    if (name === 'onMetaData' && metadata instanceof Map) this.#publication?.describe(metadata);
  }

  #handleUserControl(payload: Buffer): void {
    if (payload.length < 6 || payload.readUInt16BE() !== UserControl.pingRequest) return;
    this.#reply(userControlMessage(UserControl.pingResponse, payload.readUInt32BE(2)));
  }

  #refuse(code: string, reason: string): void {
    this.#reply(commandMessage(STREAM_ID, 'onStatus', 0, null, status('error', code, reason)));
    this.#finish(reason, true);
  }

  #finish(reason: string, refused: boolean): void {
    this.#over = true;
    this.#onOver(reason, refused);
  }

  #acknowledge(): void {
    if (this.#received - this.#acknowledged < this.#window) return;
    this.#acknowledged = this.#received;
    this.#reply(controlMessage(MessageType.acknowledgement, this.#received % 2 ** 32));
  }

  #reply(message: RtmpMessage): void {
    const chunkStream = message.type === MessageType.command ? COMMAND_STREAM : CONTROL_STREAM;
    this.#send(writeChunks(message, chunkStream, CHUNK_SIZE));
  }
}

/** The information object of a command's answer (RTMP 1.0, section 7.2). */
function status(level: string, code: string, description: string, ...more: [string, AmfValue][]): AmfValue {
  return new Map<string, AmfValue>([['level', level], ['code', code], ['description', description], ...more]);
}
