import { type Static, Type } from 'typebox';
import { HistogramData } from '../meter/log-histogram.ts';

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const seconds = Type.Number({ minimum: 0 });

/** See `StreamCount`. */
export const CountData = Type.Object(
  {
    packets: count,
    bytes: count,
    lost: Type.Integer(),
    reordered: count,
    duplicates: count,
    frames: count,
    keyFrames: count,
  },
  closed,
);

/** Steps of a join that are timed, in their order; see `JoinTimes`. */
export const timedSteps = [
  'connected',
  'watched',
  'joined',
  'transport',
  'firstPacket',
  'firstKeyFrame',
] as const;
export type TimedStep = (typeof timedSteps)[number];

/**
 * What a fleet, or one process of it, has seen from its start to a moment. All grows only, except `present` and `playing`: what
 * came between two samples is their difference.
 */
export const FleetSample = Type.Object(
  {
    /** Microseconds of `monotonicMicros()`. */
    at: Type.Number(),
    /** Visits: viewers that have begun to join, each time that they did. */
    started: count,
    /** Visits that the server has let in. */
    joined: count,
    /** Visits whose packets were counted, see `CrowdOptions.countOneIn`. */
    counted: count,
    /** Viewers that are in now. */
    present: count,
    /** Those of them that can show a picture, or hear a broadcast of sound alone; uncounted ones: that are connected. */
    playing: count,
    /** Visits that played at some time. */
    played: count,
    /** Visits that ended by themselves, were refused or lost. */
    gone: count,
    /** Those of them that the server had not let in. */
    refused: count,
    /** Why, with the number of each; at most 20 different ones. */
    reasons: Type.Array(Type.Object({ reason: Type.String(), count }, closed), { maxItems: 20 }),
    audio: CountData,
    video: CountData,
    retransmission: CountData,
    /** By the rule of webrtc-stats. */
    freezes: count,
    /** Visits with a freeze. */
    frozenVisits: count,
    /** How long all freezes were together, and the longest one. */
    frozenSeconds: seconds,
    longestFreeze: seconds,
    /** From a packet's stamp to its arrival. Microseconds. */
    delay: HistogramData,
    maxDelay: seconds,
    /** From a frame to the next. Microseconds. */
    gaps: HistogramData,
    /** From the start of a visit to each step. Microseconds. */
    steps: Type.Object(
      {
        connected: HistogramData,
        watched: HistogramData,
        joined: HistogramData,
        transport: HistogramData,
        firstPacket: HistogramData,
        firstKeyFrame: HistogramData,
      },
      closed,
    ),
    /** CPU of the processes that play the viewers. */
    cpuSeconds: seconds,
  },
  closed,
);
export type FleetSample = Static<typeof FleetSample>;

/** One visit of a viewer, at its end. Times in seconds. */
export const VisitResult = Type.Object(
  {
    /** Of the viewer; with churn it has several visits. */
    viewer: count,
    room: Type.String(),
    /** When it began, in microseconds of `monotonicMicros()`. */
    startedAt: Type.Number(),
    /** From its beginning to its end. */
    seconds,
    /** From its beginning to each step that it came to. */
    times: Type.Object(
      {
        connected: Type.Optional(seconds),
        watched: Type.Optional(seconds),
        joined: Type.Optional(seconds),
        transport: Type.Optional(seconds),
        firstPacket: Type.Optional(seconds),
        firstKeyFrame: Type.Optional(seconds),
        firstPresent: Type.Optional(seconds),
      },
      closed,
    ),
    /** Absent when this viewer's packets were not counted. */
    received: Type.Optional(
      Type.Object(
        {
          audio: CountData,
          video: CountData,
          retransmission: CountData,
          freezes: count,
          frozenSeconds: seconds,
          longestFreeze: seconds,
          /** The longest time from one frame to the next. */
          longestGap: seconds,
          /** Of stamped packets. */
          delay: Type.Optional(
            Type.Object({ p50: seconds, p95: seconds, p99: seconds, max: seconds }, closed),
          ),
        },
        closed,
      ),
    ),
    /** Why it ended by itself. */
    gone: Type.Optional(Type.String()),
  },
  closed,
);
export type VisitResult = Static<typeof VisitResult>;
