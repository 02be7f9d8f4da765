import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SdpSession } from './sdp-session.ts';

const OFFER = 'v=0\r\noffer\r\n';
const ANSWER = 'v=0\r\nanswer\r\n';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that gives its answers to the POSTs in their order, and notes what was asked. */
async function serve(...answers: Answer[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    if (request.method === 'POST') answers.shift()?.(request, response);
    else response.end();
  });
  onTestFinished(() => void server.close().closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the server has no port');
  return { url: new URL(`http://127.0.0.1:${address.port}/whep/room`), asked };
}

const created =
  (location = '/whep/room/1'): Answer =>
  (_, response) =>
    response.writeHead(201, { location, 'content-type': 'application/sdp' }).end(ANSWER);
const refused =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(JSON.stringify({ detail: 'why not' }));

test('offers, and ends what Location names', async () => {
  const { url, asked } = await serve(created());
  const session = new SdpSession({ url, token: 'secret' });
  expect(await session.open(OFFER)).toBe(ANSWER);
  await Promise.all([session.close(), session.close()]);
  expect(asked).toEqual(['POST /whep/room Bearer secret', 'DELETE /whep/room/1 Bearer secret']);
});

test('comes back when the server says so', async () => {
  const soon = { 'retry-after': '0' };
  const { url, asked } = await serve(refused(409, soon), refused(503, soon), created());
  expect(await new SdpSession({ url }).open(OFFER)).toBe(ANSWER);
  expect(asked).toHaveLength(3);
});

test('a few times only', async () => {
  const { url, asked } = await serve(
    ...Array.from({ length: 9 }, () => refused(503, { 'retry-after': '0' })),
  );
  await expect(new SdpSession({ url }).open(OFFER)).rejects.toThrow(
    'POST /whep/room was answered with 503: why not',
  );
  expect(asked).toHaveLength(6);
});

test.each<[string, Answer]>([
  ['for good', refused(404, { 'retry-after': '0' })],
  ['without a time', refused(503)],
  ['for too long', refused(503, { 'retry-after': '3600' })],
  ['with something else than an SDP', (_, response) => response.writeHead(201).end('hello')],
])('does not come back when it is refused %s', async (_, answer) => {
  const { url, asked } = await serve(answer, created());
  const session = new SdpSession({ url });
  await expect(session.open(OFFER)).rejects.toThrow('was answered with');
  await session.close();
  expect(asked).toHaveLength(1);
});

test('closed while it waits, it asks no more', async () => {
  const { url, asked } = await serve(refused(503, { 'retry-after': '10' }), created());
  const session = new SdpSession({ url });
  const opening = session.open(OFFER);
  opening.catch(() => {});
  await vi.waitUntil(() => asked.length === 1);
  await session.close();
  await expect(opening).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test('closed while the server answers, it ends the session that comes of it', async () => {
  const { url, asked } = await serve((request, response) =>
    setTimeout(() => created()(request, response), 100),
  );
  const session = new SdpSession({ url });
  const opening = session.open(OFFER);
  await vi.waitUntil(() => asked.length === 1);
  await session.close();
  await opening;
  expect(asked).toEqual(['POST /whep/room -', 'DELETE /whep/room/1 -']);
});

test('the credential goes to the endpoint’s server only', async () => {
  const other = await serve();
  const { url } = await serve(created(new URL('/elsewhere', other.url).href));
  const session = new SdpSession({ url, token: 'secret' });
  await session.open(OFFER);
  await session.close();
  expect(other.asked).toEqual(['DELETE /elsewhere -']);
});

test('a server that is not there is told', async () => {
  const url = new URL('http://127.0.0.1:9/whep/room');
  await expect(new SdpSession({ url }).open(OFFER)).rejects.toThrow('http://127.0.0.1:9/whep/room: ');
});
