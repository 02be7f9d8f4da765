import { type Static, Type } from 'typebox';
import { Id, MediaKind, RoomName, RoomState, VideoCodec } from './names.ts';
import { IceServer } from './rtp.ts';

/* Bodies of `/api/v1`. Dates are ISO 8601 in UTC. */

const closed = { additionalProperties: false } as const;
const date = Type.String({ format: 'date-time' });

/** Life of a source. `idle` not wanted; `starting`; `live` media arrives; `stalled` it has stopped; `retrying` waits to start again; `failed` given up. */
export const SourceState = Type.Union([
  Type.Literal('idle'),
  Type.Literal('starting'),
  Type.Literal('live'),
  Type.Literal('stalled'),
  Type.Literal('retrying'),
  Type.Literal('failed'),
]);
export type SourceState = Static<typeof SourceState>;

/** A source of type `test`: a moving pattern with a burnt-in clock and a tone. */
export const TestSourceConfig = Type.Object(
  {
    type: Type.Literal('test'),
    width: Type.Optional(
      Type.Integer({
        minimum: 160,
        maximum: 3840,
        multipleOf: 2,
        description: 'Width of the picture in pixels, even. Default 1280.',
      }),
    ),
    height: Type.Optional(
      Type.Integer({
        minimum: 90,
        maximum: 2160,
        multipleOf: 2,
        description: 'Height of the picture in pixels, even. Default 720.',
      }),
    ),
    frameRate: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60, description: 'Frames per second. Default 30.' }),
    ),
    bitrate: Type.Optional(
      Type.Integer({
        minimum: 50_000,
        maximum: 50_000_000,
        description: 'Bits per second of the video. Default 1500000.',
      }),
    ),
    codec: Type.Optional(
      Type.Union([Type.Literal('H264'), Type.Literal('VP8')], { description: 'Video codec. Default H264.' }),
    ),
  },
  { ...closed, description: 'A moving test pattern with a burnt-in clock and a tone.' },
);
export type TestSourceConfig = Static<typeof TestSourceConfig>;

/** A source of type `rtp`: the server listens, an encoder pushes. */
export const RtpSourceConfig = Type.Object(
  {
    type: Type.Literal('rtp'),
    audio: Type.Optional(
      Type.Boolean({ description: 'Whether the encoder sends audio (Opus) too. Default true.' }),
    ),
    listen: Type.Optional(
      Type.Union([Type.Literal('loopback'), Type.Literal('network')], {
        description:
          'Who may push: programs of this machine (loopback, default) or of the network. RTP carries no credential.',
      }),
    ),
    stallSeconds: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 60,
        description: 'Seconds without a packet after which the encoder counts as gone. Default 2.',
      }),
    ),
  },
  { ...closed, description: 'Plain RTP that an encoder pushes.' },
);
export type RtpSourceConfig = Static<typeof RtpSourceConfig>;

/** What `PUT /api/v1/rooms/:room/source` takes. */
export const SourceConfig = Type.Union([TestSourceConfig, RtpSourceConfig]);
export type SourceConfig = Static<typeof SourceConfig>;

const port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** One RTP stream that a source listens for. */
export const RtpInput = Type.Object(
  {
    kind: MediaKind,
    codec: Type.Union([VideoCodec, Type.Literal('opus')]),
    /** Where to send RTP (UDP). */
    address: Type.String(),
    port,
    /** Where to send RTCP (UDP). */
    rtcpPort: port,
    ssrc: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }),
    payloadType: Type.Integer({ minimum: 0, maximum: 127 }),
  },
  closed,
);
export type RtpInput = Static<typeof RtpInput>;

/** A command line, ready for a POSIX shell. */
export const PushCommand = Type.Object(
  { title: Type.String(), video: VideoCodec, command: Type.String() },
  closed,
);
export type PushCommand = Static<typeof PushCommand>;

/** A room's source and how it does. */
export const SourceStatus = Type.Object(
  {
    config: SourceConfig,
    state: SourceState,
    /** Since when it is in that state. */
    since: date,
    /** Why, in words; empty when there is nothing to say. */
    reason: Type.String(),
    /** How often it was started again. */
    restarts: Type.Integer({ minimum: 0 }),
    /** Last lines that its process wrote, oldest first. */
    lastWords: Type.Array(Type.String(), { maxItems: 50 }),
    /** Type `rtp`: what it listens for. */
    inputs: Type.Optional(Type.Array(RtpInput)),
    /** Type `rtp`: commands that push to it. */
    commands: Type.Optional(Type.Array(PushCommand)),
  },
  closed,
);
export type SourceStatus = Static<typeof SourceStatus>;

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
    source: Type.Optional(SourceStatus),
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
    source: Type.Optional(SourceConfig),
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
    /** Network path of the media, once it flows. */
    path: Type.Optional(Type.Union([Type.Literal('udp'), Type.Literal('tcp')])),
    address: Type.Optional(Type.String()),
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
    rooms: Type.Integer({ minimum: 0 }),
    viewers: Type.Integer({ minimum: 0 }),
    restarts: Type.Integer({ minimum: 0 }),
    mediaPort: port,
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
