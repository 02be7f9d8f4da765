import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { formatMessage, headerValue, type RtspHeader, type RtspMessage } from '../rtsp/message.ts';
import { RtspSplitter } from '../rtsp/splitter.ts';

/** A request that a raw camera got. */
export interface RawRequest {
  readonly method: string;
  readonly uri: string;
  /** The first value of a header. */
  readonly header: (name: string) => string | undefined;
  readonly message: RtspMessage;
  readonly socket: Socket;
  /** Answers it. */
  readonly answer: (status: string, headers?: readonly RtspHeader[], body?: string) => void;
}

/** A camera that behaves as a test wants: it says what it is told, right or wrong. */
export interface RawCamera {
  readonly port: number;
  /** All that it got, oldest first. */
  readonly requests: RawRequest[];
  /** Bytes of interleaved frames that it got. */
  readonly frames: () => Buffer;
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

export interface RawCameraOptions {
  readonly onRequest?: (request: RawRequest) => void;
  readonly onConnection?: (socket: Socket) => void;
  /** Such as `tls.createServer(…)`, not listening. Default: TCP. */
  readonly server?: Server;
  /** Event of the server that brings connections. Default `connection`. */
  readonly event?: string;
}

export async function openRawCamera(options: RawCameraOptions): Promise<RawCamera> {
  const { onRequest, onConnection, server = createServer(), event = 'connection' } = options;
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let frames = Buffer.alloc(0);
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const splitter = new RtspSplitter({
      onFrames: (bytes) => {
        frames = Buffer.concat([frames, bytes]);
      },
      onMessage: (message) => {
        const request = readRaw(message, socket);
        requests.push(request);
        onRequest?.(request);
      },
    });
    socket.on('data', (chunk: Buffer) => splitter.push(chunk));
    onConnection?.(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    requests,
    frames: () => frames,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

function readRaw(message: RtspMessage, socket: Socket): RawRequest {
  const [method = '', uri = ''] = message.startLine.split(' ');
  const cseq = headerValue(message, 'CSeq') ?? '';
  return {
    method,
    uri,
    message,
    socket,
    header: (name) => headerValue(message, name),
    answer: (status, headers = [], body = '') =>
      socket.write(formatMessage(`RTSP/1.0 ${status}`, [['CSeq', cseq], ...headers], Buffer.from(body))),
  };
}
