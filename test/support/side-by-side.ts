import type { BrowserContext, Page } from 'playwright-core';
import { counterStrip } from './frame-counter.ts';
import { type Place, type PlayersWatch, watchPlayers } from './side-by-side-page.ts';
import { servePage } from './site.ts';
import type { Moment, PlayerRecord } from './start-comparison.ts';
import { waitFor } from './wait-for.ts';

/** Attributes of the player's element. */
export type PlayerAttributes = Record<string, string>;

/** Players of one page, whose pictures show their numbers, side by side: what they show at a time can be compared. */
export class SideBySide {
  readonly page: Page;

  /** @param server base URL of the server that has the player's script */
  static async open(context: BrowserContext, server: string): Promise<SideBySide> {
    const url = await servePage(
      `<script src="${server}/player.js"></script><style>spillway-player { width: 320px; float: left }</style>`,
    );
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(watchPlayers, counterStrip);
    return new SideBySide(page);
  }

  private constructor(page: Page) {
    this.page = page;
  }

  /** Adds a player, and waits until it shows pictures. */
  async add(name: string, attributes: PlayerAttributes): Promise<void> {
    await this.page.evaluate(
      ([id, given]) => {
        const watch: PlayersWatch = Reflect.get(globalThis, 'sideBySide');
        watch.add(id, given);
      },
      [name, attributes] as const,
    );
    await this.whenPlayed(name);
  }

  /** Adds a player when another is at a place of its group of pictures. */
  addWhen(place: Place, name: string, attributes: PlayerAttributes): Promise<Moment> {
    return this.page.evaluate(
      ([where, id, given]) => {
        const watch: PlayersWatch = Reflect.get(globalThis, 'sideBySide');
        return watch.when(where, () => watch.add(id, given));
      },
      [place, name, attributes] as const,
    );
  }

  /** Takes a player away. */
  remove(name: string): Promise<void> {
    return this.page.evaluate((id) => document.getElementById(id)?.remove(), name);
  }

  /** Calls a method of a player's element when another is at a place of its group of pictures. */
  callWhen(place: Place, name: string, method: 'play' | 'pause'): Promise<Moment> {
    return this.page.evaluate(
      ([where, id, called]) => {
        const watch: PlayersWatch = Reflect.get(globalThis, 'sideBySide');
        const player = document.getElementById(id);
        return watch.when(where, () => player && Reflect.apply(Reflect.get(player, called), player, []));
      },
      [place, name, method] as const,
    );
  }

  /** Waits until a player is at a place of its group of pictures. */
  whenAt(place: Place): Promise<Moment> {
    return this.page.evaluate((where) => {
      const watch: PlayersWatch = Reflect.get(globalThis, 'sideBySide');
      return watch.when(where, () => {});
    }, place);
  }

  /** What a player did since it was added. */
  record(name: string): Promise<PlayerRecord> {
    return this.page.evaluate((id) => {
      const watch: PlayersWatch = Reflect.get(globalThis, 'sideBySide');
      return { seen: watch.seen[id] ?? [], receptions: watch.receptions[id] ?? [] };
    }, name);
  }

  /**
   * Waits until a player has shown pictures for some seconds since a moment.
   *
   * @param seconds default 0: until the first one
   */
  async whenPlayed(name: string, seconds = 0, since: Pick<Moment, 'at'> = { at: 0 }): Promise<void> {
    const played = () =>
      this.page.evaluate(
        ([id, from]) => {
          const watch: PlayersWatch = Reflect.get(globalThis, 'sideBySide');
          const seen = (watch.seen[id] ?? []).filter(({ at, visible }) => visible && at >= from);
          return (seen.at(-1)?.at ?? Number.NaN) - (seen[0]?.at ?? Number.NaN);
        },
        [name, since.at] as const,
      );
    await waitFor(
      `pictures of ${name} for ${seconds} s`,
      async () => (await played()) >= 1000 * seconds,
      45_000,
      played,
    );
  }
}
