/** What one path carried since the sample before. */
export interface PathSample {
  /** RTP packets sent. */
  readonly sent: number;
  /** RTP packets that the receiver missed. */
  readonly lost: number;
  /** Milliseconds; undefined until the first report. */
  readonly roundTripTime: number | undefined;
}

/** The highest layer that a path is trusted with, and why. Moments are of any steady clock, in milliseconds. */
export interface LayerChoice {
  readonly layer: number;
  /** Since when the path has been good at this layer. */
  readonly goodSince: number;
  readonly changedAt: number;
  /** How long it has to be good before the next layer is tried. Milliseconds. */
  readonly patience: number;
  /** Whether the last change was a step up. */
  readonly raised: boolean;
  /** Lowest round trip seen. Milliseconds. */
  readonly bestRoundTrip: number;
}

/** Losses of one packet in fifty are mended by sending again; those of one in twelve show. */
const GOOD_LOSS = 0.02;
const BAD_LOSS = 0.08;
/** So much is lost that one step would not do. */
const TERRIBLE_LOSS = 0.3;
/** A queue that holds so much more than an empty one is about to overflow. Milliseconds. */
const BAD_QUEUE = 400;
/** A change shows in the receiver's reports after this long. Milliseconds. */
const SETTLE = 4000;
const FIRST_PATIENCE = 8000;
const LONGEST_PATIENCE = 120_000;
/** A step up that went wrong within this time was a wrong one. Milliseconds. */
const REGRET = 20_000;

/** Where a path starts: with the highest layer, as long as nothing speaks against it. */
export function firstChoice(highest: number, now: number): LayerChoice {
  return {
    layer: highest,
    goodSince: now,
    changedAt: now,
    patience: FIRST_PATIENCE,
    raised: false,
    bestRoundTrip: Number.POSITIVE_INFINITY,
  };
}

/**
 * Chooses the highest layer for a path from its losses and its round trip, for receivers that report no more (RFC 3550). It
 * goes down at once and up by trying, each time more patiently after a try that went wrong.
 *
 * @param highest index of the highest layer that there is
 */
export function nextChoice(
  before: LayerChoice,
  { sent, lost, roundTripTime }: PathSample,
  highest: number,
  now: number,
): LayerChoice {
  const bestRoundTrip = Math.min(before.bestRoundTrip, roundTripTime ?? before.bestRoundTrip);
  const choice = { ...before, layer: Math.min(before.layer, highest), bestRoundTrip };
  // What nobody reports on says nothing.
  if (sent === 0) return choice;
  const loss = lost / sent;
  const queued = roundTripTime === undefined ? 0 : roundTripTime - bestRoundTrip;
  if (loss > BAD_LOSS || queued > BAD_QUEUE) {
    if (choice.layer === 0 || now - choice.changedAt < SETTLE) return { ...choice, goodSince: now };
    const regretted = choice.raised && now - choice.changedAt < REGRET;
    return {
      ...choice,
      layer: loss > TERRIBLE_LOSS ? 0 : choice.layer - 1,
      goodSince: now,
      changedAt: now,
      raised: false,
      patience: regretted ? Math.min(choice.patience * 2, LONGEST_PATIENCE) : choice.patience,
    };
  }
  if (loss > GOOD_LOSS) return { ...choice, goodSince: now };
  if (choice.layer >= highest) {
    // It has held: the next fault is another one.
    const held = now - choice.changedAt > LONGEST_PATIENCE;
    return held ? { ...choice, patience: FIRST_PATIENCE } : choice;
  }
  if (now - choice.goodSince < choice.patience) return choice;
  return { ...choice, layer: choice.layer + 1, goodSince: now, changedAt: now, raised: true };
}
