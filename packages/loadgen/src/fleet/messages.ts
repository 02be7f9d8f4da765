import { compileCheck } from '@spillway/protocol';
import { type Static, Type } from 'typebox';
import { FleetSample, VisitResult } from './sample.ts';

/* The messages between a fleet and its processes. */

const closed = { additionalProperties: false } as const;
const Rooms = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

/** Where viewers go: by the signalling of a server, or by WHEP at a URL in which `{room}` stands for the room. */
export const FleetTarget = Type.Union([
  Type.Object({ kind: Type.Literal('signaling'), server: Type.String(), rooms: Rooms }, closed),
  Type.Object(
    { kind: Type.Literal('whep'), url: Type.String(), rooms: Rooms, token: Type.Optional(Type.String()) },
    closed,
  ),
]);
export type FleetTarget = Static<typeof FleetTarget>;

/** How the viewers of a fleet behave. */
export const CrowdOptions = Type.Object(
  {
    target: FleetTarget,
    /** One viewer in so many has its packets counted; the others receive and decrypt them only. Default 1, all. */
    countOneIn: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Viewers ask for packets that are missing (NACK, RFC 4585). Default false. */
    nack: Type.Optional(Type.Boolean()),
    /** Viewers stay so many seconds on average, leave, and come again. Default: they stay. */
    churnSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  closed,
);
export type CrowdOptions = Static<typeof CrowdOptions>;

/** Viewers that are to join: the number of each in the fleet, and when. */
export const Arrivals = Type.Array(
  Type.Object(
    {
      viewer: Type.Integer({ minimum: 0 }),
      /** Milliseconds from now. */
      delay: Type.Number({ minimum: 0 }),
    },
    closed,
  ),
);
export type Arrivals = Static<typeof Arrivals>;

/** What a process is told. */
export const FleetCommand = Type.Union([
  Type.Object({ type: Type.Literal('configure'), options: CrowdOptions }, closed),
  Type.Object({ type: Type.Literal('join'), arrivals: Arrivals }, closed),
  Type.Object({ type: Type.Literal('sample') }, closed),
  Type.Object({ type: Type.Literal('stop') }, closed),
]);
export type FleetCommand = Static<typeof FleetCommand>;

/** What a process says; samples come in the order in which they were asked for. */
export const FleetReport = Type.Union([
  Type.Object({ type: Type.Literal('ready') }, closed),
  Type.Object({ type: Type.Literal('failed'), reason: Type.String() }, closed),
  Type.Object({ type: Type.Literal('sample'), sample: FleetSample }, closed),
  Type.Object(
    { type: Type.Literal('stopped'), sample: FleetSample, visits: Type.Array(VisitResult) },
    closed,
  ),
]);
export type FleetReport = Static<typeof FleetReport>;

export const checkCommand = compileCheck(FleetCommand);
export const checkReport = compileCheck(FleetReport);
