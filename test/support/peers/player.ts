import { waitFor } from '../wait-for.ts';

/** What a busy machine may take until frames are decoded. Milliseconds. */
const LIMIT = 40_000;

/** Frames that are enough to say that it plays. */
const FRAMES = 12;

/** Changes of the picture that are enough to say that it moves. */
const MOVES = 2;

/** Below this a picture counts as one colour. */
const MIN_CONTRAST = 6;

/** Below this a sound counts as silence. */
const MIN_LOUDNESS = 0.003;

/** Decoded pictures. */
export interface ReceivedVideo {
  /** Decoded so far. */
  readonly frames: number;
  /** Of the last one. Pixels. */
  readonly width: number;
  readonly height: number;
  /** Standard deviation of the brightness, 0 to 127. */
  readonly contrast: number;
  /** How often the picture was seen to differ from the one that was looked at before. */
  readonly moves: number;
}

/** Decoded sound. */
export interface ReceivedAudio {
  /** Decoded so far: packets or samples, whatever the player counts. */
  readonly frames: number;
  /** Root mean square of the samples, 0 to 1, where it was loudest since the last look. */
  readonly rms: number;
}

/** What a player has decoded so far. */
export interface Received {
  readonly video?: ReceivedVideo | undefined;
  readonly audio?: ReceivedAudio | undefined;
}

/** A session of a third-party client, as publisher or player. */
interface Peer {
  /** Of its session at the server. */
  readonly location: string;
  /** Ends it in order, with DELETE. Resolves to the server's status. */
  end(): Promise<number>;
}

/** A third-party client that plays. */
export interface Player extends Peer {
  /** What it has decoded by now. */
  received(): Promise<Received>;
  /** What it has to say, for the message of a failed test. */
  describe(): unknown;
}

/** A third-party client that publishes. */
export interface Publisher extends Peer {
  /** Ends it without a word to the server. */
  kill(): Promise<void>;
}

/** What a player is to show. */
export interface Wanted {
  /** Default: any. Pixels. */
  readonly size?: readonly [width: number, height: number] | undefined;
  /** Default true. */
  readonly sound?: boolean;
}

/**
 * Waits until a player has decoded more: pictures that have something in them, move and have the wanted size, and
 * sound that is not silence.
 */
export async function whenPlayerPlays(player: Player, { size, sound = true }: Wanted = {}): Promise<void> {
  const before = await player.received();
  let now = before;
  let loudest = 0;
  const isSeen = ({ frames, moves, contrast, width, height }: ReceivedVideo) =>
    frames - (before.video?.frames ?? 0) >= FRAMES &&
    moves - (before.video?.moves ?? 0) >= MOVES &&
    contrast > MIN_CONTRAST &&
    (!size || (width === size[0] && height === size[1]));
  const isHeard = ({ frames }: ReceivedAudio) =>
    frames > (before.audio?.frames ?? 0) && loudest > MIN_LOUDNESS;
  await waitFor(
    'the player to decode',
    async () => {
      now = await player.received();
      const { video, audio } = now;
      loudest = Math.max(loudest, audio?.rms ?? 0);
      return video && isSeen(video) && (!sound || (audio && isHeard(audio)));
    },
    LIMIT,
    () => ({ wanted: { size, sound }, before, now, loudest, more: player.describe() }),
  );
}
