import type { Feedback } from '../harness/harness-options.ts';
import { usageOf } from '../machine/process-usage.ts';
import { factor, kilobytes, number } from '../report/format.ts';
import type { ScenarioResult } from '../report/result.ts';
import type { Interval } from '../stage/interval.ts';
import { onStage } from '../stage/stage.ts';
import { median, ratio, sum } from '../statistics.ts';
import { interleave, type Scenario } from './scenario.ts';

const VIEWERS = 100;

/** What consumers may negotiate, the server's own choice for a single layer first. */
const VARIANTS: readonly { readonly name: string; readonly feedback: Feedback }[] = [
  { name: 'RTX', feedback: { transportCc: false, retransmission: 'rtx', absSendTime: false } },
  { name: 'plain NACK', feedback: { transportCc: false, retransmission: 'nack', absSendTime: false } },
  { name: 'no NACK', feedback: { transportCc: false, retransmission: 'none', absSendTime: false } },
  { name: 'transport-cc, RTX', feedback: { transportCc: true, retransmission: 'rtx', absSendTime: true } },
];

/** The server's own choice, and the dearest. */
const QUICK_VARIANTS = [...VARIANTS.slice(0, 1), ...VARIANTS.slice(-1)];

/** One round of a variant. */
export interface FeedbackRound {
  readonly measured: Interval;
  /** Resident memory of the worker for each viewer. Bytes. */
  readonly memory: number;
}

/** What each kind of feedback costs a worker. */
export const feedback: Scenario = {
  name: 'feedback',
  title: 'What feedback costs the worker',
  async run({ quick, log, signal }) {
    const rounds = await interleave(quick ? QUICK_VARIANTS : VARIANTS, quick ? 1 : 2, (variant) =>
      onStage({ kind: 'bare', feedback: variant.feedback, signal }, async (stage): Promise<FeedbackRound> => {
        const memory = () => sum(stage.subject.workerPids.map((pid) => usageOf(pid).memory));
        const empty = memory();
        await stage.join(VIEWERS);
        await stage.wait(4);
        const measured = await stage.measure(quick ? 4 : 8);
        log(`${variant.name}: ${number(measured.workerMicros)} us a packet`);
        return { measured, memory: (memory() - empty) / VIEWERS };
      }),
    );
    return feedbackResult([...rounds].map(([{ name }, each]) => ({ name, rounds: each })));
  },
};

/** Sums up the variants; the first is what the others are compared with. */
export function feedbackResult(
  variants: readonly { readonly name: string; readonly rounds: readonly FeedbackRound[] }[],
): ScenarioResult {
  const micros = ({ measured }: FeedbackRound) => measured.workerMicros;
  const first = variants[0]?.rounds ?? [];
  return {
    name: feedback.name,
    title: feedback.title,
    method:
      `mediasoup alone, ${VIEWERS} viewers of 1.5 Mbps VP8, nothing lost; ${first.length} rounds in turns, medians. The viewers send no feedback ` +
      'for transport-cc; browsers do, which costs the worker more than is shown here.',
    targets: [],
    tables: [
      {
        title: 'Consumers',
        head: ['negotiated', 'us a packet', 'ratio', 'worker’s memory a viewer'],
        rows: variants.map(({ name, rounds }) => [
          name,
          number(median(rounds.map(micros))),
          factor(ratio(rounds.map(micros), first.map(micros))),
          kilobytes(median(rounds.map(({ memory }) => memory))),
        ]),
      },
    ],
    charts: [],
  };
}
