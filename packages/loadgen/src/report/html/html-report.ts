import { timedSteps } from '../../fleet/sample.ts';
import { describeTarget, stepNames } from '../format-text.ts';
import type { LoadResult, TimeSpread } from '../result.ts';
import { limitValue, percentage, rate, time, whole } from '../units.ts';
import { charts } from './charts.ts';
import { escapeHtml } from './markup.ts';
import { STYLE } from './style.ts';

/** The result as a page in one file, which loads nothing from anywhere. */
export function htmlReport(result: LoadResult): string {
  const { plan, startedAt, machine, interrupted } = result;
  const title = describeTarget(plan);
  const facts = [
    `${startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    `${result.seconds.toFixed(1)} s${interrupted ? ', cut short' : ''}`,
    `the viewers on ${machine.cores} cores, ${machine.cpu}`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test: ${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(facts.join(' · '))}</p>
<p class="outcome">${outcome(result)}</p>
${tiles(result)}
${reasons(result)}
${limits(result)}
<div class="charts">
${charts(result).join('\n')}
</div>
<section class="card"><h2>Times</h2>${times(result)}</section>
</main>
</body>
</html>
`;
}

function outcome({ passed, viewers, limits: { length } }: LoadResult): string {
  if (viewers.played === 0) return '<span class="bad">✗ nobody received anything</span>';
  if (!passed) return '<span class="bad">✗ a limit was missed</span>';
  return `<span class="good">✓ ${length > 0 ? 'all limits were kept' : 'received'}</span>`;
}

function tiles({ viewers, media, freezes, delay, joinTimes }: LoadResult): string {
  const facts = [
    [whole(viewers.joined), `let in, of ${whole(viewers.visits)} visits`],
    [whole(viewers.played), 'played'],
    [time(joinTimes.firstKeyFrame?.p95), 'to the first key frame, p95'],
    [percentage(media.lossRate), 'lost packets'],
    [whole(freezes.count), `freezes, in ${whole(freezes.visits)} visits`],
    [rate(media.bitratePerViewer), 'for each viewer'],
    [time(delay?.p95), 'delay, p95'],
  ];
  const cells = facts.map(
    ([value = '', name = '']) =>
      `<div class="tile"><b>${escapeHtml(value)}</b><span class="soft">${escapeHtml(name)}</span></div>`,
  );
  return `<div class="tiles">${cells.join('')}</div>`;
}

function reasons({ viewers, lostBroadcasts }: LoadResult): string {
  const rows = viewers.reasons.map(({ reason, count }) => [reason, whole(count)]);
  if (lostBroadcasts > 0) rows.push(['a made broadcast ended by itself', whole(lostBroadcasts)]);
  if (rows.length === 0) return '';
  return `<section class="card"><h2>What went wrong</h2>${table(['', 'times'], rows)}</section>`;
}

function limits({ limits: outcomes }: LoadResult): string {
  if (outcomes.length === 0) return '';
  const rows = outcomes.map(({ name, limit, actual, passed }) => [
    `--${name}`,
    limitValue(name, limit),
    limitValue(name, actual),
    passed ? '✓ kept' : '✗ missed',
  ]);
  const head = ['', 'limit', 'measured', ''];
  return `<section class="card"><h2>Limits</h2>${table(head, rows)}</section>`;
}

function times({ joinTimes, frameGaps, delay }: LoadResult): string {
  const row = (name: string, spread: TimeSpread | undefined) =>
    spread
      ? [[name, ...[spread.p50, spread.p95, spread.p99, spread.max].map(time), whole(spread.count)]]
      : [];
  const rows = [
    ...timedSteps.flatMap((step) => row(stepNames[step], joinTimes[step])),
    ...row('frame gap', frameGaps),
    ...row('delay', delay),
  ];
  return table(['', 'p50', 'p95', 'p99', 'max', 'count'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => cells('td', row)).join('');
  return `<div class="scroll"><table><thead>${cells('th', head)}</thead><tbody>${body}</tbody></table></div>`;
}
