import { clearScreenDown, moveCursor } from 'node:readline';
import type { WriteStream } from 'node:tty';
import type { Moment } from '../report/result.ts';
import { rate, time, whole } from '../report/units.ts';

/** Between lines where there is no terminal. Seconds. */
const LINE_INTERVAL = 5;

/** What is shown of a run while it goes on. */
export interface ProgressPlan {
  readonly viewers: number;
  /** Seconds that it takes. */
  readonly seconds: number;
}

/** The state of a run as the lines of a block. */
export function progressBlock(moment: Moment, { viewers, seconds }: ProgressPlan, freezes: number): string[] {
  const { joined, playing, gone, bitrate, packetRate, lost, delay } = moment;
  return [
    `  ${moment.seconds.toFixed(0)} s of ${seconds.toFixed(0)} s`,
    `  viewers   ${whole(playing)} of ${whole(viewers)} play, let in ${whole(joined)}, lost or refused ${whole(gone)}`,
    `  media     ${rate(bitrate)}, ${whole(packetRate)} packets/s, ${whole(lost)} lost`,
    `  freezes   ${whole(freezes)}`,
    `  delay     p50 ${time(delay?.p50)}, p95 ${time(delay?.p95)}, p99 ${time(delay?.p99)}`,
  ];
}

/** The same as one line. */
export function progressLine(moment: Moment, plan: ProgressPlan, freezes: number): string {
  const { seconds, playing, gone, bitrate, lost, delay } = moment;
  return (
    `${seconds.toFixed(0)} s: ${whole(playing)} of ${whole(plan.viewers)} play, ${whole(gone)} gone, ` +
    `${rate(bitrate)}, ${whole(lost)} lost, ${whole(freezes)} freezes, delay p95 ${time(delay?.p95)}`
  );
}

/** Shows how a run goes: a block that refreshes on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #output: WriteStream;
  readonly #plan: ProgressPlan;
  #freezes = 0;
  #height = 0;
  #nextLine = 0;

  constructor(output: WriteStream, plan: ProgressPlan) {
    this.#output = output;
    this.#plan = plan;
  }

  show(moment: Moment): void {
    this.#freezes += moment.freezes;
    if (this.#output.isTTY) {
      this.clear();
      const lines = progressBlock(moment, this.#plan, this.#freezes);
      this.#output.write(`${lines.join('\n')}\n`);
      this.#height = lines.length;
    } else if (moment.seconds >= this.#nextLine) {
      this.#nextLine = moment.seconds + LINE_INTERVAL;
      this.#output.write(`${progressLine(moment, this.#plan, this.#freezes)}\n`);
    }
  }

  /** Takes the block away. */
  clear(): void {
    if (this.#height === 0) return;
    moveCursor(this.#output, 0, -this.#height);
    clearScreenDown(this.#output);
    this.#height = 0;
  }
}
