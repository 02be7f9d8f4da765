import type { RoomInfo, ViewerInfo } from '@spillway/protocol';
import { expect } from 'vitest';
import type { TestServer } from './server.ts';
import { waitFor } from './wait-for.ts';

async function infoOf(server: TestServer, room: string): Promise<RoomInfo | undefined> {
  const { status, body } = await server.api<RoomInfo>('GET', `/rooms/${room}`);
  return status === 200 ? body : undefined;
}

/** Waits until a room is live, and gives what is broadcast. */
export async function whenRoomIsLive(server: TestServer, room: string): Promise<RoomInfo['broadcast']> {
  const info = await waitFor(
    `room ${room} to be live`,
    async () => {
      const now = await infoOf(server, room);
      return now?.state === 'live' ? now : undefined;
    },
    45_000,
    () => infoOf(server, room),
  );
  return info.broadcast;
}

/** Fails unless nothing is broadcast in a room. */
export async function expectOffline(server: TestServer, room: string): Promise<void> {
  expect((await infoOf(server, room))?.state ?? 'offline').toBe('offline');
}

export async function viewersOf(server: TestServer, room: string): Promise<ViewerInfo[]> {
  return (await server.api<{ viewers: ViewerInfo[] }>('GET', `/rooms/${room}/viewers`)).body.viewers;
}
