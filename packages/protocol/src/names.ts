import { type Static, Type } from 'typebox';

/** A room's name: 1 to 64 of `a-z`, `0-9`, `_` and `-`. A generated room code (6 digits) is one too. */
export const RoomName = Type.String({
  pattern: '^[a-z0-9_-]{1,64}$',
  description: 'Room name: 1 to 64 of a-z, 0-9, _ and -.',
});
export type RoomName = Static<typeof RoomName>;

/** Number of digits of a generated room code. */
export const ROOM_CODE_DIGITS = 6;

/** An identifier that the server made (viewer, transport, producer, consumer). */
export const Id = Type.String({ minLength: 1, maxLength: 64 });
export type Id = Static<typeof Id>;

/** A credential as it travels: the operator's token, a room's publish key or a broadcast's resume token. */
export const Credential = Type.String({ minLength: 1, maxLength: 256 });
export type Credential = Static<typeof Credential>;

/**
 * What a room shows now: `offline` nothing; `live` media flows; `interrupted` the broadcaster has dropped and may
 * return within the grace time.
 */
export const RoomState = Type.Union([
  Type.Literal('offline'),
  Type.Literal('live'),
  Type.Literal('interrupted'),
]);
export type RoomState = Static<typeof RoomState>;

export const MediaKind = Type.Union([Type.Literal('audio'), Type.Literal('video')]);
export type MediaKind = Static<typeof MediaKind>;

/** Video codecs that a room carries, by their names in the RTP registry. */
export const VideoCodec = Type.Union([
  Type.Literal('VP8'),
  Type.Literal('VP9'),
  Type.Literal('H264'),
  Type.Literal('AV1'),
]);
export type VideoCodec = Static<typeof VideoCodec>;
