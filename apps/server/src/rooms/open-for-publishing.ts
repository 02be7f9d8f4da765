import { SpillwayError } from '@spillway/protocol';
import type { Room } from '@spillway/sfu';
import type { Access } from '../auth/access.ts';
import type { RoomDirectory } from './room-directory.ts';

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
  const present = directory.find(name);
  if (!(await access.canPublish(credential, present?.record.publishKeyHash))) {
    throw new SpillwayError(
      'unauthorized',
      `publishing in room ${name} needs the operator's token or the room's publish key`,
    );
  }
  return (directory.find(name) ?? (await directory.create({ name }))).room;
}
