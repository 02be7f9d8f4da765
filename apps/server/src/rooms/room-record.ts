import { RoomName, RoomSourceConfig } from '@spillway/protocol';
import { type Static, Type } from 'typebox';

/** What is kept of a room over restarts. */
export const RoomRecord = Type.Object(
  {
    name: RoomName,
    /** ISO 8601. */
    createdAt: Type.String({ format: 'date-time' }),
    listed: Type.Boolean(),
    publishKeyHash: Type.Optional(Type.String({ maxLength: 256 })),
    /** Whether the name is a generated code: such a room is removed when unused for long. */
    generated: Type.Boolean(),
    source: Type.Optional(RoomSourceConfig),
    /** What the source wants back when it is made again; it checks that itself. */
    sourceState: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
export type RoomRecord = Static<typeof RoomRecord>;
