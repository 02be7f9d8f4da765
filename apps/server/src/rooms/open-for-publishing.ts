import { SpillwayError } from '@spillway/protocol';
import type { Room } from '@spillway/sfu';
import type { Access } from '../auth/access.ts';
import type { RoomDirectory } from './room-directory.ts';

/**
 * Whether a credential allows to publish in a room; the operator's does in rooms that do not exist, too.
 *
 * @throws {SpillwayError} `unauthorized`
 */
export async function checkPublishing(
  directory: RoomDirectory,
  access: Access,
  name: string,
  credential: string | undefined,
): Promise<void> {
  const present = directory.find(name);
  if (await access.canPublish(credential, present?.record.publishKeyHash)) return;
  throw new SpillwayError(
    'unauthorized',
    `publishing in room ${name} needs the operator's token or the room's publish key`,
  );
}

/** The room of that name, made where it is missing. */
export async function findOrCreate(directory: RoomDirectory, name: string): Promise<Room> {
  const present = directory.find(name);
  if (present) return present.room;
  const made = await directory.create({ name }).catch((error: unknown) => {
    // Another who asked at the same time has made it.
    const other = directory.find(name);
    if (other) return other;
    throw error;
  });
  return made.room;
}

/**
 * The room in which a credential allows to publish; the operator's makes it where it is missing.
 *
 * @throws {SpillwayError} `unauthorized`
 */
export async function openForPublishing(
  directory: RoomDirectory,
  access: Access,
  name: string,
  credential: string | undefined,
): Promise<Room> {
  await checkPublishing(directory, access, name, credential);
  return findOrCreate(directory, name);
}
