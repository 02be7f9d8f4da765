import { fileURLToPath } from 'node:url';
import { type Static, Type } from 'typebox';
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

/** The video of the benchmark, unless a scenario says otherwise. */
export const standardShape: FeedShape = {
  codec: 'VP8',
  bitrate: 1_500_000,
  frameRate: 30,
  keyFrameInterval: 1,
};

/** Starts to push. */
export async function startFeed(feed: Feed): Promise<BenchChild> {
  const module = fileURLToPath(new URL('./feed-process.ts', import.meta.url));
  const child = new BenchChild({ module, args: [JSON.stringify(feed)] });
  await child.ready();
  return child;
}
