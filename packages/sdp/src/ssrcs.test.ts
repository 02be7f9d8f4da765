import { describe, expect, it } from 'vitest';
import { Attributes } from './attributes.ts';
import { readSsrcs } from './ssrcs.ts';
import { refusalOf } from './test-support/refusal.ts';

const of = (...lines: string[]) =>
  new Attributes(lines.map((value, index) => ({ number: index + 1, type: 'a', value })));
const read = (...lines: string[]) => readSsrcs(of(...lines), 0);

describe('SSRCs', () => {
  it('are those of media, each with that of its retransmissions', () => {
    expect(read('ssrc-group:FID 1 2', 'ssrc:1 cname:a', 'ssrc:1 msid:b c', 'ssrc:2 cname:a')).toMatchObject({
      streams: [{ ssrc: 1, rtx: 2 }],
      cname: 'a',
    });
  });

  it('of error correction are left out', () => {
    expect(read('ssrc-group:FEC-FR 1 3', 'ssrc:1', 'ssrc:3').streams).toEqual([{ ssrc: 1, rtx: undefined }]);
  });

  it('may be none', () => {
    expect(read().streams).toEqual([]);
  });

  it.each([
    [['ssrc:0 cname:a'], /^malformed: SDP, line 1: its SSRC is no number from 1 to 4294967295/],
    [['ssrc:4294967296'], /line 1: its SSRC is no number/],
    [['ssrc:-1'], /line 1: its SSRC is no number/],
    [['ssrc:1e3'], /line 1: its SSRC is no number/],
    [['ssrc-group:FID 1 x'], /line 1: its SSRC is no number/],
    [['ssrc-group:FID 1 1'], /line 1: this FID group contradicts another or itself/],
    [['ssrc-group:FID 1 2', 'ssrc-group:FID 1 3'], /line 2: this FID group contradicts another or itself/],
    [
      ['ssrc-group:SIM 1 2', 'ssrc-group:FID 1 3', 'ssrc-group:FID 2 3', 'ssrc:1', 'ssrc:2'],
      /^malformed: .*two FID groups/,
    ],
    [['ssrc:1', 'ssrc:2'], /^not-acceptable: SDP, line 1: several independent SSRCs/],
    [['ssrc-group:SIM 1 2 3 4 5'], /^not-acceptable: SDP, line 1: more than 4 layers/],
    [[`ssrc-group:SIM ${'1 '.repeat(500)}`], /more than 16 SSRCs in a group/],
    [
      Array.from({ length: 17 }, (_, index) => `ssrc:${index + 1}`),
      /line 17: more than 16 SSRCs of one medium/,
    ],
  ])('%j are refused', (lines, refusal) => {
    expect(refusalOf(() => read(...lines))).toMatch(refusal);
  });
});
