import type { Room } from '@spillway/sfu';

const watchers = new WeakMap<Room, Set<() => void>>();

function add(room: Room): Set<() => void> {
  const callbacks = new Set<() => void>();
  watchers.set(room, callbacks);
  const tell = () => {
    for (const callback of [...callbacks]) callback();
  };
  room.on('change', tell);
  room.once('closed', tell);
  return callbacks;
}

/**
 * Calls back at every change of a room's broadcast and at its end. However many watch, the room has one listener.
 *
 * @returns stops watching; idempotent
 */
function watchRoom(room: Room, callback: () => void): () => void {
  const callbacks = watchers.get(room) ?? add(room);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
  };
}

/**
 * Waits until a room has something to play.
 *
 * @param signal gives up
 * @returns whether it has
 */
export async function whenLive(room: Room, signal: AbortSignal): Promise<boolean> {
  const isLive = () => room.state === 'live';
  if (isLive() || signal.aborted || room.closed) return isLive();
  const { promise, resolve } = Promise.withResolvers<void>();
  const unwatch = watchRoom(room, () => {
    if (isLive() || room.closed) resolve();
  });
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  unwatch();
  return isLive();
}
