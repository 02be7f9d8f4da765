import { compileCheck } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { parseOptions } from '../cli/options.ts';
import { nothingReceived } from '../meter/counts.ts';
import type { LoadRun } from '../run/run-load.ts';
import { emptySample, histogramOf } from '../test-support/samples.ts';
import { formatText } from './format-text.ts';
import { htmlReport } from './html/html-report.ts';
import { loadResult } from './load-result.ts';
import { momentBetween } from './moment.ts';
import { LoadResult } from './result.ts';

const hostile = '<script>alert("x")</script>';
const sample = {
  ...emptySample,
  at: 20e6,
  started: 2,
  joined: 2,
  played: 1,
  counted: 2,
  gone: 1,
  reasons: [{ reason: hostile, count: 1 }],
  video: { ...nothingReceived, packets: 999, bytes: 1_000_000, lost: 1, frames: 200, keyFrames: 7 },
  freezes: 1,
  frozenVisits: 1,
  frozenSeconds: 0.4,
  longestFreeze: 0.4,
  delay: histogramOf(2000, 3000, 4000),
  maxDelay: 0.004,
  gaps: histogramOf(33_000, 34_000, 400_000),
  steps: { ...emptySample.steps, joined: histogramOf(9000, 12_000), firstKeyFrame: histogramOf(80_000) },
  cpuSeconds: 3,
};
const received = {
  audio: nothingReceived,
  video: sample.video,
  retransmission: nothingReceived,
  freezes: 1,
  frozenSeconds: 0.4,
  longestFreeze: 0.4,
  longestGap: 0.4,
};
const run: LoadRun = {
  sample,
  visits: [
    { viewer: 0, room: 'a', startedAt: 0, seconds: 9, times: { joined: 0.01, firstPacket: 1 }, received },
    { viewer: 1, room: 'a', startedAt: 0, seconds: 9, times: {}, gone: hostile },
  ],
  startedAt: new Date(0),
  seconds: 10,
  interrupted: false,
  moments: [momentBetween({ ...emptySample, at: 10e6 }, sample, 10e6)],
  cpuSeconds: 2,
  lostBroadcasts: 1,
};
const args = ['--room', 'a', '--viewers', '2', '--max-loss', '1%', '--p99-delay', '1ms', '--token', 'secret'];
const { plan, limits } = parseOptions([...args, '--whep', 'http://host/whep/a']);
const result = loadResult(plan, run, limits);

test('the result is what its schema says', () => {
  expect(compileCheck(LoadResult)(JSON.parse(JSON.stringify(result)))).toMatchObject({ ok: true });
  expect(result.media).toMatchObject({ lossRate: 0.001, bitratePerViewer: 1_000_000 });
  expect(result.cost.perPacketMicros).toBeCloseTo(2e6 / 999);
  expect(result.delay).toMatchObject({ count: 3, max: 0.004 });
  expect(Object.keys(result.joinTimes)).toEqual(['joined', 'firstKeyFrame']);
  expect(result.limits.map(({ passed }) => passed)).toEqual([true, false]);
  expect(result.passed).toBe(false);
});

test('a credential is in no result', () => {
  expect(JSON.stringify(result)).not.toContain('secret');
});

test('without a viewer who played it is not good, whatever the limits', () => {
  const none = loadResult(
    plan,
    { ...run, sample: { ...sample, played: 0 } },
    { ...limits, p99Delay: undefined },
  );
  expect(none.limits.every(({ passed }) => passed)).toBe(true);
  expect(none.passed).toBe(false);
  expect(formatText(none)).toContain('nobody received anything');
  expect(htmlReport(none)).toContain('nobody received anything');
});

test('the text has what matters', () => {
  const text = formatText(result);
  for (const part of [
    '2 viewers, room a at http://host/whep/a by WHEP',
    '1 x <script>',
    'lost 1 (0.100 %)',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).toMatch(/kept {3}--max-loss 1\.000 %: 0\.100 %/);
  expect(text).toMatch(/MISSED --p99-delay 1\.0 ms: 4\.0 ms/);
});

test('the page is whole by itself, and takes no text for markup', () => {
  const page = htmlReport(result);
  expect(page.match(/<svg /g)).toHaveLength(7);
  expect(page).not.toContain('<script');
  expect(page).not.toMatch(/\b(?:src|href)=|url\(|@import/);
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test('a page of a run in which nothing happened has no empty charts', () => {
  const nothing = { ...run, sample: emptySample, visits: [], moments: [], lostBroadcasts: 0 };
  const page = htmlReport(loadResult(plan, nothing, limits));
  expect(page.match(/<svg /g)).toHaveLength(3);
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});
