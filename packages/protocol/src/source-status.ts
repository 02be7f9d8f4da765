import { type Static, Type } from 'typebox';
import { MediaKind, VideoCodec } from './names.ts';
import { SourceConfig } from './source-config.ts';
import { SourceReport } from './source-report.ts';

/* What is told of sources. Dates are ISO 8601 in UTC. */

const closed = { additionalProperties: false } as const;
const date = Type.String({ format: 'date-time' });
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

/** One RTP stream that a source sends or listens for. */
export const RtpInput = Type.Object(
  {
    kind: MediaKind,
    codec: Type.Union([VideoCodec, Type.Literal('opus'), Type.Literal('PCMU'), Type.Literal('PCMA')]),
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

/** Where an encoder pushes to, as OBS asks for it. */
export const PushAddress = Type.Object(
  {
    /** Server URL. For SRT with all its parameters. */
    url: Type.String(),
    /** Stream key (RTMP) or passphrase (SRT). */
    key: Type.String(),
  },
  closed,
);
export type PushAddress = Static<typeof PushAddress>;

/** A change in the life of a source. */
export const SourceChange = Type.Object({ state: SourceState, at: date, reason: Type.String() }, closed);
export type SourceChange = Static<typeof SourceChange>;

/** A source and how it does. */
export const SourceStatus = Type.Object(
  {
    /** As it was set, without passwords and keys. */
    config: SourceConfig,
    state: SourceState,
    /** Since when it is in that state. */
    since: date,
    /** Why, in words; empty when there is nothing to say. */
    reason: Type.String(),
    /** How often it was started again. */
    restarts: Type.Integer({ minimum: 0 }),
    /** Its latest states, oldest first. */
    history: Type.Array(SourceChange, { maxItems: 20 }),
    /** Last lines that its process wrote, oldest first. */
    lastWords: Type.Array(Type.String(), { maxItems: 50 }),
    /** Processor cores that its process takes now, where the system tells. */
    cores: Type.Optional(Type.Number({ minimum: 0 })),
    /** What the doctor said of its input. */
    report: Type.Optional(SourceReport),
    /** Type `rtp` without SDP: what it listens for. */
    inputs: Type.Optional(Type.Array(RtpInput)),
    /** Type `rtp` without SDP: commands that push to it. */
    commands: Type.Optional(Type.Array(PushCommand)),
    /** Types `srt` and `rtmp`: where to push. */
    push: Type.Optional(PushAddress),
  },
  closed,
);
export type SourceStatus = Static<typeof SourceStatus>;

/** A room's source, its backups, and which of them the room shows. */
export const RoomSourceStatus = Type.Object(
  {
    ...SourceStatus.properties,
    /** Whether the operator has stopped it. */
    stopped: Type.Boolean(),
    onDemand: Type.Boolean(),
    stopAfterSeconds: Type.Number(),
    failoverSeconds: Type.Number(),
    /** In their order. */
    backups: Type.Array(SourceStatus, { maxItems: 8 }),
    /** Which the room shows: 0 the first source, 1 and above its backups; null none. */
    onAir: Type.Union([Type.Integer({ minimum: 0, maximum: 8 }), Type.Null()]),
  },
  closed,
);
export type RoomSourceStatus = Static<typeof RoomSourceStatus>;

/** An event of `GET /api/v1/events`: a source has changed. */
export const SourceEvent = Type.Object(
  {
    room: Type.String(),
    /** 0 the room's first source, 1 and above its backups. */
    index: Type.Integer({ minimum: 0, maximum: 8 }),
    ...SourceChange.properties,
  },
  closed,
);
export type SourceEvent = Static<typeof SourceEvent>;
