import { fetchCapabilities, LoadViewer, signalingEntry } from '@spillway/loadgen';
import type { RoomInfo } from '@spillway/protocol';
import { expect } from 'vitest';
import type { TestServer } from './server.ts';
import { waitFor } from './wait-for.ts';

/** Viewers of a room, as the REST interface counts them. */
export async function viewerCount(server: TestServer, room: string): Promise<number> {
  return (await server.api<RoomInfo>('GET', `/rooms/${room}`)).body.viewers;
}

/** A viewer that watches while others misbehave, and shows whether they have disturbed it. */
export class Bystander {
  readonly #viewer: LoadViewer;
  #gone: string | undefined;

  static async join(server: TestServer, room: string): Promise<Bystander> {
    const capabilities = await fetchCapabilities(server.url);
    const bystander = new Bystander(
      new LoadViewer(signalingEntry({ server: server.url, room, capabilities })),
    );
    await bystander.#viewer.join();
    await waitFor('the bystander to play', () => bystander.#viewer.times.firstKeyFrame);
    return bystander;
  }

  private constructor(viewer: LoadViewer) {
    this.#viewer = viewer;
    viewer.once('closed', (reason) => {
      this.#gone = reason;
    });
  }

  /** Fails unless it is still there and goes on receiving. */
  async expectReceiving(): Promise<void> {
    const before = this.#viewer.counts.video.packets;
    await waitFor('the bystander to receive more', () => this.#viewer.counts.video.packets > before);
    expect(this.#gone, 'why the bystander went').toBeUndefined();
  }

  /** Fails unless it goes on receiving as if nothing had happened: on its first transport. */
  async expectUndisturbed(): Promise<void> {
    await this.expectReceiving();
    expect(this.#viewer.watches, 'watch requests of the bystander').toBe(1);
  }

  close(): void {
    this.#viewer.close();
  }
}
