import type { Interval } from './interval.ts';
import { onStage, type StageOptions } from './stage.ts';

/** After the last one plays, until joining is no part of what is measured. Seconds. */
const SETTLE = 3;

/** What goes on over some seconds while viewers just play, on a stage of their own. */
export function steady(options: StageOptions, viewers: number, seconds: number): Promise<Interval> {
  return onStage(options, async (stage) => {
    await stage.join(viewers);
    await stage.wait(SETTLE);
    return stage.measure(seconds);
  });
}
