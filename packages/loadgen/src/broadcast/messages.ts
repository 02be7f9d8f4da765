import { compileCheck } from '@spillway/protocol';
import { type Static, Type } from 'typebox';

/* The messages between the one who wants broadcasts and the process that makes them. */

const closed = { additionalProperties: false } as const;

/** See `VideoShape`. */
const Shape = Type.Object(
  {
    codec: Type.Optional(Type.Union([Type.Literal('VP8'), Type.Literal('H264')])),
    bitrate: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    frameRate: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    keyFrameInterval: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    payloadSize: Type.Optional(Type.Integer({ minimum: 64 })),
  },
  closed,
);

/** Which broadcasts are made, and where. */
export const BroadcastOptions = Type.Object(
  {
    /** WHIP endpoint; `{room}` stands for the room. */
    url: Type.String(),
    rooms: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    /** Bearer token: the operator's, or a room's publish key. */
    token: Type.Optional(Type.String()),
    shape: Type.Optional(Shape),
    /** Whether requests for key frames are answered. Default true. */
    answersRequests: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type BroadcastOptions = Static<typeof BroadcastOptions>;

export const BroadcastCommand = Type.Union([
  Type.Object({ type: Type.Literal('start'), options: BroadcastOptions }, closed),
  Type.Object({ type: Type.Literal('count') }, closed),
  Type.Object({ type: Type.Literal('stop') }, closed),
]);
export type BroadcastCommand = Static<typeof BroadcastCommand>;

export const BroadcastReport = Type.Union([
  Type.Object({ type: Type.Literal('live') }, closed),
  Type.Object({ type: Type.Literal('failed'), reason: Type.String() }, closed),
  Type.Object(
    {
      type: Type.Literal('counted'),
      /** Requests for key frames that all broadcasters got so far. */
      keyFrameRequests: Type.Integer({ minimum: 0 }),
    },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal('stopped'),
      /** Broadcasts that ended by themselves before. */
      lost: Type.Integer({ minimum: 0 }),
    },
    closed,
  ),
]);
export type BroadcastReport = Static<typeof BroadcastReport>;

export const checkCommand = compileCheck(BroadcastCommand);
export const checkReport = compileCheck(BroadcastReport);
