import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem, RoomInfo } from '@spillway/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyMutation, type Json, mutate } from './support/mutate.ts';
import { patternOnly } from './support/pattern-room.ts';
import { type ApiAnswer, useServer } from './support/server.ts';

const server = useServer({ config: { ...patternOnly, rooms: [{ name: 'configured' }] } });

/** The answer of a refusal: a problem document (RFC 9457) with that status. */
function expectProblem(answer: ApiAnswer<Problem>, status: number, code: string): void {
  expect(answer.type).toMatch(/^application\/problem\+json/);
  expect(answer).toMatchObject({ status, body: { status, code, title: expect.any(String) } });
  expect(answer.body.detail).toMatch(/\w+ \w+/);
}

test('a stranger reads what is public and writes nothing', async () => {
  const rooms = await server.api<{ rooms: RoomInfo[] }>('GET', '/rooms', undefined, null);
  expect(rooms).toMatchObject({ status: 200, body: { rooms: [{ name: 'configured', state: 'offline' }] } });
  for (const path of ['/rooms/configured', '/capabilities', '/ice-servers']) {
    expect((await server.api('GET', path, undefined, null)).status, path).toBe(200);
  }
  const writes = [
    ['POST', '/rooms', {}],
    ['PATCH', '/rooms/configured', { listed: false }],
    ['DELETE', '/rooms/configured', undefined],
    ['GET', '/rooms/configured/source', undefined],
    ['PUT', '/rooms/configured/source', { type: 'rtp' }],
    ['DELETE', '/rooms/configured/source', undefined],
    ['GET', '/rooms/configured/viewers', undefined],
    ['DELETE', '/rooms/configured/viewers/any', undefined],
    ['GET', '/workers', undefined],
  ] as const;
  for (const [method, path, body] of writes) {
    expectProblem(await server.api(method, path, body, null), 401, 'unauthorized');
    expectProblem(await server.api(method, path, body, 'guess'), 401, 'unauthorized');
  }
});

test('bodies are refused when they hold what is not known, are too large or no JSON', async () => {
  expectProblem(await server.api('POST', '/rooms', { name: 'a', more: 1 }), 400, 'bad-request');
  expectProblem(await server.api('POST', '/rooms', { name: 'A room' }), 400, 'bad-request');
  expectProblem(await server.api('POST', '/rooms', []), 400, 'bad-request');
  expectProblem(await server.api('PATCH', '/rooms/configured', { state: 'live' }), 400, 'bad-request');
  const source = { type: 'rtp', url: 'file:///etc/passwd' };
  expectProblem(await server.api('PUT', '/rooms/configured/source', source), 400, 'bad-request');
  expectProblem(await server.api('POST', '/rooms', { name: 'x'.repeat(100_000) }), 413, 'too-large');
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  const broken = await fetch(`${server.url}/api/v1/rooms`, { method: 'POST', headers, body: '{"name":' });
  expect(broken.status).toBe(400);
  expect(broken.headers.get('content-type')).toMatch(/problem\+json/);
});

test('whatever is nearly a room is made or refused with the reason', async () => {
  const valid: Json = {
    name: 'fuzzed',
    listed: true,
    source: { type: 'rtp', audio: true, listen: 'loopback', stallSeconds: 2 },
  };
  await fc.assert(
    fc.asyncProperty(fc.array(anyMutation, { maxLength: 3 }), async (mutations) => {
      const body = mutate(valid, mutations);
      const answer = await server.api<Problem & RoomInfo>('POST', '/rooms', body);
      if (answer.status === 201) {
        expect((await server.api('DELETE', `/rooms/${answer.body.name}`)).status).toBe(204);
      } else {
        expect(answer.status, JSON.stringify(body).slice(0, 5000)).toBeLessThan(500);
        expectProblem(answer, answer.status, answer.body.code);
      }
    }),
    { numRuns: 200, endOnFailure: true },
  );
  const { body } = await server.api<{ rooms: RoomInfo[] }>('GET', '/rooms');
  expect(body.rooms.map(({ name }) => name)).toEqual(['configured']);
});

test('what is not there is said so', async () => {
  expectProblem(await server.api('GET', '/rooms/none'), 404, 'not-found');
  expectProblem(await server.api('GET', '/rooms/configured/source'), 404, 'not-found');
  expectProblem(await server.api('GET', '/nothing'), 404, 'not-found');
});

test('a room of the configuration is not changed by the API', async () => {
  expectProblem(await server.api('DELETE', '/rooms/configured'), 409, 'wrong-state');
});

test('rooms are made, changed and removed, and survive a restart', async () => {
  const publishKey = 'a key that nobody guesses';
  const made = await server.api<RoomInfo>('POST', '/rooms', { name: 'kept', listed: false, publishKey });
  expect(made).toMatchObject({ status: 201, body: { name: 'kept', listed: false, hasPublishKey: true } });
  const coded = await server.api<RoomInfo>('POST', '/rooms', {});
  expect(coded.body.name).toMatch(/^\d{6}$/);
  expect((await server.api('POST', '/rooms', { name: 'removed' })).status).toBe(201);
  expectProblem(await server.api('POST', '/rooms', { name: 'kept' }), 409, 'wrong-state');
  expect((await server.api('PUT', '/rooms/kept/source', { type: 'rtp' })).status).toBe(200);
  expect((await server.api('PATCH', `/rooms/${coded.body.name}`, { listed: false })).status).toBe(200);
  expect((await server.api('DELETE', '/rooms/removed')).status).toBe(204);

  const source = () => server.api<{ inputs: unknown; commands: unknown }>('GET', '/rooms/kept/source');
  const before = await source();
  await server.stop();
  const files = readdirSync(server.dataDir, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) {
    expect(readFileSync(join(server.dataDir, name), 'utf8'), name).not.toContain(publishKey);
  }
  await server.start();

  const { body } = await server.api<{ rooms: RoomInfo[] }>('GET', '/rooms');
  const kept = Object.fromEntries(body.rooms.map((room) => [room.name, room]));
  expect(Object.keys(kept).sort()).toEqual(['configured', 'kept', coded.body.name].sort());
  expect(kept).toMatchObject({
    kept: { listed: false, hasPublishKey: true, createdAt: made.body.createdAt },
    [coded.body.name]: { listed: false, hasPublishKey: false },
  });
  // Encoders that pushed before may go on: same ports, SSRCs and payload types.
  expect((await source()).body).toMatchObject({
    inputs: before.body.inputs,
    commands: before.body.commands,
  });
  const strangers = await server.api<{ rooms: RoomInfo[] }>('GET', '/rooms', undefined, null);
  expect(strangers.body.rooms.map(({ name }) => name)).toEqual(['configured']);
});

test('neither token nor keys are in the log', async () => {
  expect(server.log).not.toContain(server.token);
  expect(server.log).not.toContain('a key that nobody guesses');
});

test('the API describes itself', async () => {
  const description = await (await fetch(`${server.url}/openapi.json`)).json();
  expect(description).toMatchObject({ openapi: expect.stringMatching(/^3\./) });
  expect(Object.keys(description.paths)).toEqual(
    expect.arrayContaining(['/api/v1/rooms', '/api/v1/rooms/{room}/source', '/readyz', '/metrics']),
  );
  expect((await fetch(`${server.url}/docs`)).status).toBe(200);
});
