import type { LoadResult, TimeSpread } from '../result.ts';
import { rate, time, whole } from '../units.ts';
import { distributionChart } from './distribution-chart.ts';
import { lineChart } from './line-chart.ts';
import { escapeHtml } from './markup.ts';

/** The charts of a report, each in a card; those without anything to show are left out. */
export function charts({ timeline, histograms, joinTimes, delay, frameGaps }: LoadResult): string[] {
  const seconds = timeline.map((moment) => moment.seconds);
  const over = (of: (moment: (typeof timeline)[number]) => number | undefined) => timeline.map(of);
  const count = (value: number) => (Number.isInteger(value) ? whole(value) : '');
  return [
    card(
      'Joins',
      undefined,
      lineChart({
        title: 'Joins',
        seconds,
        series: [
          { name: 'begun', values: over(({ started }) => started) },
          { name: 'let in', values: over(({ joined }) => joined) },
          { name: 'playing', values: over(({ playing }) => playing) },
        ],
        format: count,
      }),
    ),
    distribution('Time to the first complete key frame', joinTimes.firstKeyFrame, histograms.firstKeyFrame),
    card(
      'Bitrate of all viewers',
      undefined,
      lineChart({
        title: 'Bitrate of all viewers',
        seconds,
        series: [{ name: 'bitrate', values: over(({ bitrate }) => bitrate) }],
        format: rate,
      }),
    ),
    card(
      'Lost packets and freezes',
      undefined,
      lineChart({
        title: 'Lost packets and freezes',
        seconds,
        series: [
          { name: 'lost packets', values: over(({ lost }) => Math.max(0, lost)) },
          { name: 'freezes', values: over(({ freezes }) => Math.max(0, freezes)) },
        ],
        format: count,
      }),
    ),
    delay &&
      card(
        'Delay through the server, over time',
        undefined,
        lineChart({
          title: 'Delay through the server',
          seconds,
          series: [
            { name: 'p50', values: over((moment) => moment.delay?.p50) },
            { name: 'p95', values: over((moment) => moment.delay?.p95) },
            { name: 'p99', values: over((moment) => moment.delay?.p99) },
          ],
          format: time,
        }),
      ),
    distribution('Delay through the server', delay, histograms.delay),
    distribution('From a frame to the next', frameGaps, histograms.frameGaps),
  ].flatMap((each) => each ?? []);
}

function distribution(
  title: string,
  spread: TimeSpread | undefined,
  data: LoadResult['histograms']['delay'],
) {
  if (!spread) return undefined;
  const { p50, p95, p99, max } = spread;
  const words = `p50 ${time(p50)} · p95 ${time(p95)} · p99 ${time(p99)} · max ${time(max)}`;
  return card(title, words, distributionChart(title, data));
}

function card(title: string, words: string | undefined, chart: string): string {
  const below = words === undefined ? '' : `<p class="soft">${escapeHtml(words)}</p>`;
  return `<section class="card"><h2>${escapeHtml(title)}</h2>${below}${chart}</section>`;
}
