import { fileURLToPath } from 'node:url';
import { compileCheck } from '@spillway/protocol';
import { type Static, Type } from 'typebox';
import { Broadcasts } from '../../broadcast/broadcasts.ts';
import type { BroadcastOptions } from '../../broadcast/messages.ts';
import { BenchChild } from './child-process.ts';

const port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** Where one video goes. */
export const FeedTarget = Type.Object(
  {
    port,
    rtcpPort: port,
    ssrc: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }),
    payloadType: Type.Integer({ minimum: 0, maximum: 127 }),
  },
  { additionalProperties: false },
);
export type FeedTarget = Static<typeof FeedTarget>;

/** What the video of a run looks like. */
export const FeedShape = Type.Object(
  {
    codec: Type.Union([Type.Literal('VP8'), Type.Literal('H264')]),
    /** Bits of payload per second. */
    bitrate: Type.Integer({ minimum: 1000 }),
    /** Frames per second. */
    frameRate: Type.Number({ minimum: 1, maximum: 120 }),
    /** Seconds. */
    keyFrameInterval: Type.Number({ minimum: 0.1, maximum: 60 }),
  },
  { additionalProperties: false },
);
export type FeedShape = Static<typeof FeedShape>;

/** What the process that makes the video is told. */
export const Feed = Type.Object(
  { targets: Type.Array(FeedTarget, { minItems: 1 }), shape: FeedShape },
  { additionalProperties: false },
);
export type Feed = Static<typeof Feed>;

/** The video of a run that is on its way. Requests for key frames are ignored, as by most encoders. */
export interface Feeding {
  /**
   * Requests for a key frame that all its sources got so far.
   *
   * @throws when it is gone
   */
  keyFrameRequests(): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** The video of the benchmark, unless a scenario says otherwise. */
export const standardShape: FeedShape = {
  codec: 'VP8',
  bitrate: 1_500_000,
  frameRate: 30,
  keyFrameInterval: 1,
};

/** What the process that makes the video is asked. */
export const COUNT_REQUESTS = 'key-frame-requests';
const checkCount = compileCheck(Type.Integer({ minimum: 0 }));

/** Starts to push plain RTP. */
export async function startFeed(feed: Feed): Promise<Feeding> {
  const module = fileURLToPath(new URL('./feed-process.ts', import.meta.url));
  const child = new BenchChild({ module, args: [JSON.stringify(feed)] });
  await child.ready();
  return {
    async keyFrameRequests() {
      const count = checkCount(await child.ask(COUNT_REQUESTS));
      if (!count.ok) throw new Error(`the feed answered ${count.error}`);
      return count.value;
    },
    close: () => child.close(),
  };
}

/** Starts to publish by WHIP, in a room each. */
export async function startBroadcasts(options: BroadcastOptions): Promise<Feeding> {
  const broadcasts = await Broadcasts.start({ ...options, answersRequests: false });
  let closing: Promise<unknown> | undefined;
  return {
    keyFrameRequests: () => broadcasts.keyFrameRequests(),
    async close() {
      // A server that is gone, or a process, does not matter any more.
      closing ??= broadcasts.stop().catch(() => {});
      await closing;
    },
  };
}
