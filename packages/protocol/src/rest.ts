import { type Static, Type } from 'typebox';
import { Id, RoomName, RoomState, VideoCodec } from './names.ts';
import { IceServer } from './rtp.ts';
import { RoomSourceConfig } from './source-config.ts';
import { RoomSourceStatus } from './source-status.ts';

/* Bodies of `/api/v1`. Dates are ISO 8601 in UTC. */

const closed = { additionalProperties: false } as const;
const date = Type.String({ format: 'date-time' });

/** The broadcast of a room. */
export const BroadcastInfo = Type.Object(
  {
    /** Who publishes. */
    broadcaster: Type.Union([Type.Literal('browser'), Type.Literal('whip'), Type.Literal('source')]),
    since: date,
    videoCodec: Type.Optional(VideoCodec),
    audioCodec: Type.Optional(Type.String()),
  },
  closed,
);
export type BroadcastInfo = Static<typeof BroadcastInfo>;

export const RoomInfo = Type.Object(
  {
    name: RoomName,
    state: RoomState,
    createdAt: date,
    viewers: Type.Integer({ minimum: 0 }),
    /** Whether the home page and strangers' room lists show it. */
    listed: Type.Boolean(),
    /** Whether a publish key is set. */
    hasPublishKey: Type.Boolean(),
    broadcast: Type.Optional(BroadcastInfo),
    /** Only for the operator. */
    source: Type.Optional(RoomSourceStatus),
  },
  closed,
);
export type RoomInfo = Static<typeof RoomInfo>;

/** `POST /api/v1/rooms`. */
export const RoomCreate = Type.Object(
  {
    name: Type.Optional({ ...RoomName, description: 'Name of the room. Default: a free 6-digit code.' }),
    publishKey: Type.Optional(
      Type.String({
        minLength: 8,
        maxLength: 256,
        description:
          'Lets its holder publish in this room; stored as a hash. Default: only the operator may.',
      }),
    ),
    listed: Type.Optional(
      Type.Boolean({
        description: 'Whether the home page and the lists of strangers show it. Default true.',
      }),
    ),
    source: Type.Optional(RoomSourceConfig),
  },
  closed,
);
export type RoomCreate = Static<typeof RoomCreate>;

/** `PATCH /api/v1/rooms/:room`. What is left out stays. */
export const RoomPatch = Type.Object(
  {
    publishKey: Type.Optional(
      Type.Union([Type.String({ minLength: 8, maxLength: 256 }), Type.Null()], {
        description: 'A new publish key; null removes it.',
      }),
    ),
    listed: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type RoomPatch = Static<typeof RoomPatch>;

export const ViewerInfo = Type.Object(
  {
    id: Id,
    since: date,
    /** How it plays: by signalling (the player of this project), by WHEP, or by a plain offer. */
    by: Type.Union([Type.Literal('signaling'), Type.Literal('whep'), Type.Literal('offer')]),
    /** Network path of the media, once it flows. */
    path: Type.Optional(Type.Union([Type.Literal('udp'), Type.Literal('tcp')])),
    address: Type.Optional(Type.String()),
    /** Index of the worker that forwards to it; absent while it waits for a broadcast. */
    worker: Type.Optional(Type.Integer({ minimum: 0 })),
    playing: Type.Boolean(),
  },
  closed,
);
export type ViewerInfo = Static<typeof ViewerInfo>;

export const WorkerInfo = Type.Object(
  {
    index: Type.Integer({ minimum: 0 }),
    state: Type.Union([Type.Literal('up'), Type.Literal('restarting')]),
    /** Process id while up. */
    pid: Type.Optional(Type.Integer()),
    /** CPU that it uses, and what was given to it since that was measured. Cores: a worker has one. */
    load: Type.Number({ minimum: 0 }),
    /** Rooms whose origin it holds. */
    rooms: Type.Integer({ minimum: 0 }),
    /** Edges of rooms whose origin is elsewhere. */
    edges: Type.Integer({ minimum: 0 }),
    /** Viewers that it forwards to; those who wait for a broadcast are on no worker. */
    viewers: Type.Integer({ minimum: 0 }),
    restarts: Type.Integer({ minimum: 0 }),
    mediaPort: Type.Integer({ minimum: 1, maximum: 65_535 }),
    /** What it can do beyond mediasoup's own worker and the configuration leaves on; empty for a prebuilt one. */
    features: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 32 }),
  },
  closed,
);
export type WorkerInfo = Static<typeof WorkerInfo>;

/** Base URLs at which this server is reached without a proxy before it, that of its own machine first. */
export const Addresses = Type.Object({ urls: Type.Array(Type.String(), { maxItems: 256 }) }, closed);

export const IceServers = Type.Object({ iceServers: Type.Array(IceServer) }, closed);

/** An error (RFC 9457). `code` is stable; `detail` says what, where and how to mend it. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.String(),
  detail: Type.String(),
  instance: Type.Optional(Type.String()),
});
export type Problem = Static<typeof Problem>;
