import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '@spillway/protocol';
import { expect } from 'vitest';
import { iceFragmentFixtures, offerFixture } from '../../packages/sdp/src/fixtures/index.ts';
import type { TestServer } from './server.ts';

export const SDP = 'application/sdp';
export const ICE_FRAGMENT = 'application/trickle-ice-sdpfrag';

/** An answer of WHIP, WHEP or /offer. */
export interface SdpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface SdpRequest {
  readonly method?: string;
  /** Default: SDP where there is a body. Null: none. */
  readonly type?: string | null;
  /** As text in UTF-8, or as bytes. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** A request to a path of the server, or to what a Location says. */
export async function sdpRequest(
  server: TestServer,
  path: string,
  { method = 'POST', type = SDP, body, headers = {}, signal }: SdpRequest = {},
): Promise<SdpAnswer> {
  const response = await fetch(new URL(path, server.url), {
    method,
    ...(signal ? { signal } : {}),
    headers: { ...(body !== undefined && type !== null ? { 'content-type': type } : {}), ...headers },
    // A text would bring a type of its own.
    ...(body === undefined ? {} : { body: typeof body === 'string' ? new TextEncoder().encode(body) : body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Offers to publish, with the operator's token unless `headers` say otherwise. */
export function publish(
  server: TestServer,
  path: string,
  { headers, ...request }: SdpRequest = {},
): Promise<SdpAnswer> {
  const body = offerFixture('chromium-156-publish').sdp;
  return sdpRequest(server, path, {
    body,
    ...request,
    headers: { authorization: `Bearer ${server.token}`, ...headers },
  });
}

/** Offers to play. */
export function play(server: TestServer, path: string, request: SdpRequest = {}): Promise<SdpAnswer> {
  return sdpRequest(server, path, { body: offerFixture('chromium-156-play').sdp, ...request });
}

/** The URL of the session that was made. */
export function sessionOf({ status, headers }: SdpAnswer): string {
  expect(status).toBe(201);
  return headers.get('location') ?? '';
}

/** An ICE fragment of the fixtures, such as `chromium-156-restart`. */
export function fragment(name: string): string {
  const found = iceFragmentFixtures.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no ICE fragment is named ${name}`);
  return found.text;
}

/** The refusal that an answer is: a problem document (RFC 9457). */
export function expectRefusal(answer: SdpAnswer, status: number, code: string, detail = /\w+ \w+/): void {
  expect([answer.status, answer.headers.get('content-type')], answer.text).toEqual([
    status,
    expect.stringMatching(/^application\/problem\+json/),
  ]);
  const problem: Problem = JSON.parse(answer.text);
  expect(problem).toMatchObject({ status, code, detail: expect.stringMatching(detail) });
}

/** Seconds after which to try again. */
export function retryAfter({ headers }: SdpAnswer): number {
  return Number(headers.get('retry-after') ?? 0);
}

/** Asks until there is no 409; each time as late as the server says. */
export async function playWhenLive(server: TestServer, path: string): Promise<SdpAnswer> {
  const end = performance.now() + 60_000;
  for (;;) {
    const answer = await play(server, path);
    if (answer.status !== 409 || performance.now() > end) return answer;
    await sleep(retryAfter(answer) * 1000);
  }
}
