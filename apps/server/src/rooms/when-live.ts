import type { Room } from '@spillway/sfu';

/**
 * Waits until a room has something to play.
 *
 * @param signal gives up
 * @returns whether it has
 */
export async function whenLive(room: Room, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (room.state === 'live' || room.closed || signal.aborted) resolve();
  };
  room.on('change', look);
  room.on('closed', look);
  signal.addEventListener('abort', look, { once: true });
  look();
  await promise;
  room.off('change', look);
  room.off('closed', look);
  signal.removeEventListener('abort', look);
  return room.state === 'live';
}
