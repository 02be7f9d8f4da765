import type { LoadReport } from './load-report.ts';
import type { Spread } from './spread.ts';

/** The report as a table for people. */
export function formatReport(report: LoadReport): string {
  const { viewers, joined, receiving, gone, reasons, seconds, lossRate } = report;
  const row = (name: string, spread: Spread | undefined, unit: string, scale: number, digits: number) => {
    const cells = spread ? [spread.min, spread.median, spread.max] : [];
    const texts = cells.map((value) => (value * scale).toFixed(digits).padStart(10));
    return `  ${name.padEnd(24)}${texts.join('') || '-'.padStart(10)}  ${unit}`;
  };
  return [
    `viewers ${viewers}, joined ${joined}, receiving ${receiving}, gone ${gone}`,
    ...reasons.map((reason) => `  ${reason}`),
    '',
    `  ${''.padEnd(24)}${['min', 'median', 'max'].map((head) => head.padStart(10)).join('')}`,
    row('join', report.joinTime, 'ms', 1000, 0),
    row('first packet', report.firstPacketTime, 'ms', 1000, 0),
    row('first key frame', report.firstKeyFrameTime, 'ms', 1000, 0),
    row('packets', report.packets, `in ${seconds.toFixed(1)} s`, 1, 0),
    row('bitrate', report.bitrate, 'kbps', 1 / 1000, 0),
    row('key frames', report.keyFrames, `in ${seconds.toFixed(1)} s`, 1, 0),
    row('lost packets', report.lost, `${(100 * lossRate).toFixed(3)} % of all`, 1, 0),
    '',
  ].join('\n');
}
