import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP server on a free port of loopback that does something to whoever connects. Ended with the test. */
export async function startHostileCamera(serve: (socket: Socket) => void): Promise<{ readonly url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `rtsp://127.0.0.1:${address.port}/live` };
}

/** Writes the same again and again, as fast as it is taken. */
export function writeForever(socket: Socket, chunk: string | Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', write);
  write();
}

/** Answers requests of RTSP by what a function makes of them. */
export function answerRtsp(socket: Socket, answer: (method: string) => string | undefined): void {
  let heard = '';
  socket.on('data', (data) => {
    heard += data;
    for (let end = heard.indexOf('\r\n\r\n'); end >= 0; end = heard.indexOf('\r\n\r\n')) {
      const request = heard.slice(0, end);
      heard = heard.slice(end + 4);
      const sequence = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '0';
      const rest = answer(request.split(' ')[0] ?? '');
      if (rest !== undefined) socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${sequence}\r\n${rest}`);
    }
  });
}
