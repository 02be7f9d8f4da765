import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type AmfValue, decodeAmf0 } from '../amf0.ts';
import { ChunkReader, writeChunks } from '../chunk-stream.ts';
import { commandMessage, MessageType, type RtmpMessage } from '../message.ts';

/** An RTMP client that sends what it is told, right or wrong. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  private constructor(socket: Socket) {
    const closed = Promise.withResolvers<void>();
    this.socket = socket;
    this.closed = closed.promise;
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    socket.on('error', () => {});
    socket.once('close', () => closed.resolve());
  }

  get bytesReceived(): number {
    return this.#received.length;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  sendMessage(message: RtmpMessage, chunkStream = 3): void {
    this.send(writeChunks(message, chunkStream, 128));
  }

  handshake(): void {
    this.send(Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * 1536, 7)]));
  }

  /** All that an encoder says up to `publish`. */
  publish(key: string, app = 'live'): void {
    this.handshake();
    this.sendMessage(commandMessage(0, 'connect', 1, new Map<string, AmfValue>([['app', app]])));
    this.sendMessage(commandMessage(0, 'createStream', 2, null));
    this.sendMessage(commandMessage(1, 'publish', 3, null, key, 'live'));
  }

  sendVideo(timestamp: number, payload: Buffer): void {
    this.sendMessage({ type: MessageType.video, streamId: 1, timestamp, payload }, 4);
  }

  /** Codes and descriptions of the answers so far. */
  statuses(): { code: AmfValue; description: AmfValue }[] {
    const messages = [...new ChunkReader().read(this.#received.subarray(1 + 2 * 1536))];
    return messages
      .filter(({ type }) => type === MessageType.command)
      .map(({ payload }) => decodeAmf0(payload)[3])
      .filter((info) => info instanceof Map)
      .map((info) => ({ code: info.get('code'), description: info.get('description') }));
  }
}
