import { type Static, Type } from 'typebox';

const count = Type.Integer({ minimum: 0 });

/** What a process holds, after its garbage was collected. */
export const ProbeReport = Type.Object(
  {
    /** Bytes of live JavaScript objects. */
    heap: count,
    /** Bytes of buffers outside the heap. */
    external: count,
    /** What keeps the event loop busy, by kind: sockets, timers, processes. */
    handles: Type.Record(Type.String(), count),
    /** Open objects of mediasoup. */
    mediasoup: Type.Object(
      { workers: count, routers: count, transports: count, producers: count, consumers: count },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type ProbeReport = Static<typeof ProbeReport>;

/** What the parent asks with. */
export const PROBE = 'spillway-bench-probe';
