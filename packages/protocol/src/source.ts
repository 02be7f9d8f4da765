import { type Static, Type } from 'typebox';
import { MediaKind, VideoCodec } from './names.ts';

/* Sources: how they are set, by file or API, and what is told of them. Dates are ISO 8601 in UTC. */

const closed = { additionalProperties: false } as const;
const port = Type.Integer({ minimum: 1, maximum: 65_535 });

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
    since: Type.String({ format: 'date-time' }),
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
