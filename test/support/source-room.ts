import type { RoomSourceConfig, RoomSourceStatus, SourceState, SourceStatus } from '@spillway/protocol';
import { expect, onTestFinished } from 'vitest';
import type { TestBrowser } from './browser.ts';
import { PlayerPage } from './player-page.ts';
import type { TestServer } from './server.ts';
import { waitFor } from './wait-for.ts';

/** What a busy machine may take to start or restart a source. Milliseconds. */
const LIMIT = 45_000;

/** A room with a source, as the operator handles it by the API. Removed at the end of the test. */
export class SourceRoom {
  readonly name: string;
  readonly #server: TestServer;

  static async create(server: TestServer, name: string): Promise<SourceRoom> {
    expect((await server.api('POST', '/rooms', { name })).status, `making room ${name}`).toBe(201);
    onTestFinished(async () => {
      if (server.running) await server.api('DELETE', `/rooms/${name}`);
    });
    return new SourceRoom(server, name);
  }

  /** A room whose source is set. */
  static async play(server: TestServer, name: string, config: RoomSourceConfig): Promise<SourceRoom> {
    const room = await SourceRoom.create(server, name);
    await room.set(config);
    return room;
  }

  private constructor(server: TestServer, name: string) {
    this.name = name;
    this.#server = server;
  }

  async set(config: RoomSourceConfig): Promise<RoomSourceStatus> {
    return this.#succeed('PUT', '', config);
  }

  async status(): Promise<RoomSourceStatus> {
    return this.#succeed('GET');
  }

  /** The operator starts it, or tries it again. */
  async start(): Promise<RoomSourceStatus> {
    return this.#succeed('POST', '/start');
  }

  async stop(): Promise<RoomSourceStatus> {
    return this.#succeed('POST', '/stop');
  }

  /** Waits until the status fulfils a condition, and gives it. */
  async when(
    what: string,
    condition: (status: RoomSourceStatus) => boolean,
    limit = LIMIT,
  ): Promise<RoomSourceStatus> {
    let last: RoomSourceStatus | undefined;
    return waitFor(
      `the source of ${this.name}: ${what}`,
      async () => {
        last = await this.status();
        return condition(last) ? last : undefined;
      },
      limit,
      () => last && brief(last),
    );
  }

  /** Waits until its first source is in one of some states. */
  async whenState(...states: readonly SourceState[]): Promise<RoomSourceStatus> {
    return this.when(states.join(' or '), ({ state }) => states.includes(state));
  }

  /** Waits until the room shows one of its sources: 0 is the first one. */
  async whenOnAir(index: number | null): Promise<RoomSourceStatus> {
    return this.when(`${index} on air`, ({ onAir }) => onAir === index);
  }

  /** Opens the room's page in a fresh profile. */
  async watch(browser: TestBrowser): Promise<PlayerPage> {
    return PlayerPage.open(await browser.newContext(), `${this.#server.url}/watch/${this.name}`);
  }

  async #succeed(method: string, verb = '', body?: unknown): Promise<RoomSourceStatus> {
    const path = `/rooms/${this.name}/source${verb}`;
    const answer = await this.#server.api<RoomSourceStatus>(method, path, body);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(200);
    return answer.body;
  }
}

/** What a failed test shows of a status. */
function brief({ onAir, backups, ...first }: RoomSourceStatus): unknown {
  const one = ({ config, state, reason, restarts, lastWords, history, report }: SourceStatus) => ({
    ...{ type: config.type, state, reason, restarts },
    plan: report && { video: report.video?.action, audio: report.audio?.action },
    history: history.map(({ state: was, reason: why, at }) => `${at} ${was} ${why}`),
    lastWords: lastWords.slice(-10),
  });
  return { onAir, sources: [first, ...backups].map(one) };
}

/** Waits until the page shows the video in a size. Pixels. */
export async function whenSize(player: PlayerPage, width: number, height: number): Promise<void> {
  await waitFor(
    `a picture of ${width}x${height}`,
    async () => {
      const size = await player.size();
      return size.width === width && size.height === height;
    },
    LIMIT,
    async () => ({ size: await player.size(), state: await player.state() }),
  );
}

/** Waits until the page is live and its picture moves. */
export async function whenPlaying(player: PlayerPage): Promise<void> {
  await player.whenState('live', LIMIT);
  await player.whenMoving(LIMIT);
}

/** Fails when the page was loaded again or the viewer had to join anew. */
export function expectSameViewer(player: PlayerPage): void {
  expect(player.loads, 'loads of the page').toBe(1);
  expect(player.requests('watch'), 'watch requests of the page').toBe(1);
}
