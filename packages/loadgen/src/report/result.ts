import { type Static, Type } from 'typebox';
import { CountData, FleetSample, VisitResult } from '../fleet/sample.ts';
import { HistogramData } from '../meter/log-histogram.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const seconds = Type.Number({ minimum: 0 });

/** How times are spread, in seconds. `count` is how many there are; without any there is no spread. */
export const TimeSpread = Type.Object(
  { count, p50: seconds, p95: seconds, p99: seconds, max: seconds },
  closed,
);
export type TimeSpread = Static<typeof TimeSpread>;

/** What was seen in a part of the run, one after the other. */
export const Moment = Type.Object(
  {
    /** Its end, from the start of the run. */
    seconds,
    /** At its end, from the start on: visits that were begun, let in, and lost or refused; viewers that play. */
    started: count,
    joined: count,
    gone: count,
    playing: count,
    /** Of all viewers together, in this part: bits per second of RTP, and packets per second. */
    bitrate: Type.Number({ minimum: 0 }),
    packetRate: Type.Number({ minimum: 0 }),
    /** Lost packets, by when they were known to be. */
    lost: Type.Integer(),
    freezes: Type.Integer(),
    delay: Type.Optional(TimeSpread),
  },
  closed,
);
export type Moment = Static<typeof Moment>;

/** A limit and what came of it. Parts are 0 to 1, times in seconds. */
export const LimitOutcome = Type.Object(
  {
    /** The option, without its dashes. */
    name: Type.String(),
    limit: Type.Number(),
    /** Absent: there was nothing to measure it by. */
    actual: Type.Optional(Type.Number()),
    passed: Type.Boolean(),
  },
  closed,
);
export type LimitOutcome = Static<typeof LimitOutcome>;

/** The result of a load test, as `--json` gives it. Times in seconds unless they say otherwise. */
export const LoadResult = Type.Object(
  {
    /** Of this shape. */
    version: Type.Literal(2),
    startedAt: Type.String({ format: 'date-time' }),
    /** What was asked for. Tokens are left out. */
    plan: Type.Object(
      {
        kind: Type.Union([Type.Literal('signaling'), Type.Literal('whep')]),
        url: Type.String(),
        rooms: count,
        firstRoom: Type.String(),
        viewers: count,
        processes: count,
        rampSeconds: seconds,
        durationSeconds: seconds,
        churnSeconds: Type.Optional(seconds),
        countOneIn: Type.Integer({ minimum: 1 }),
        nack: Type.Boolean(),
        madeBroadcasts: Type.Boolean(),
      },
      closed,
    ),
    /** Where the viewers ran. */
    machine: Type.Object({ cpu: Type.String(), cores: count, node: Type.String() }, closed),
    /** How long it went on, and whether that was cut short. */
    seconds,
    interrupted: Type.Boolean(),
    /** Made broadcasts that ended by themselves. */
    lostBroadcasts: count,
    /** See `FleetSample`. */
    viewers: Type.Object(
      {
        visits: count,
        joined: count,
        played: count,
        counted: count,
        gone: count,
        refused: count,
        reasons: FleetSample.properties.reasons,
      },
      closed,
    ),
    /** From the start of a visit to each step that any came to. */
    joinTimes: Type.Object(
      {
        connected: Type.Optional(TimeSpread),
        watched: Type.Optional(TimeSpread),
        joined: Type.Optional(TimeSpread),
        transport: Type.Optional(TimeSpread),
        firstPacket: Type.Optional(TimeSpread),
        firstKeyFrame: Type.Optional(TimeSpread),
      },
      closed,
    ),
    /** Of all counted visits together. */
    media: Type.Object(
      {
        audio: CountData,
        video: CountData,
        retransmission: CountData,
        /** Lost packets by all that were sent, 0 to 1. */
        lossRate: Type.Number({ minimum: 0, maximum: 1 }),
        /** Bits per second of RTP that a counted visit received on average, from its first packet on. */
        bitratePerViewer: Type.Number({ minimum: 0 }),
      },
      closed,
    ),
    /** By the rule of webrtc-stats. */
    freezes: Type.Object({ count, visits: count, seconds, longest: seconds }, closed),
    /** From a frame to the next. */
    frameGaps: Type.Optional(TimeSpread),
    /** From the sending of stamped packets to their arrival. */
    delay: Type.Optional(TimeSpread),
    /** Where the delays and the times to the first key frame lie, for charts: buckets of 4.4 % in microseconds. */
    histograms: Type.Object(
      { delay: HistogramData, firstKeyFrame: HistogramData, frameGaps: HistogramData },
      closed,
    ),
    /** CPU that playing took, and what that is for each counted packet, in microseconds. */
    cost: Type.Object(
      { cpuSeconds: seconds, perPacketMicros: Type.Optional(Type.Number({ minimum: 0 })) },
      closed,
    ),
    timeline: Type.Array(Moment),
    visits: Type.Array(VisitResult),
    limits: Type.Array(LimitOutcome),
    /** All limits were kept, and something was received. */
    passed: Type.Boolean(),
  },
  closed,
);
export type LoadResult = Static<typeof LoadResult>;
