import { describe, expect, it } from 'vitest';
import { readDescription } from './description.ts';
import { MAX_BYTES, MAX_CANDIDATES, MAX_LINE_LENGTH, MAX_LINES, MAX_SECTIONS } from './limits.ts';
import { refusalOf as refusal } from './test-support/refusal.ts';

const session = ['v=0', 'o=rtc 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0'];
const media = 'm=video 9 UDP/TLS/RTP/SAVPF 96';

const refusalOf = (...lines: string[]) => refusalOfText(`${lines.join('\r\n')}\r\n`);
const refusalOfText = (text: string) => refusal(() => readDescription(text));

describe('a description', () => {
  it('is cut into its session and its m-sections', () => {
    const text = [
      ...session,
      'a=group:BUNDLE 0',
      media,
      'a=mid:0',
      'a=ssrc:1 cname:x',
      'a=ssrc:1 msid:a b',
    ].join('\n');
    const { writer, session: attributes, sections } = readDescription(text);
    expect(writer).toBe('libdatachannel');
    expect(attributes.one('group')).toEqual({ line: 5, value: 'BUNDLE 0' });
    expect(sections).toMatchObject([
      { line: 6, media: 'video', port: 9, protocol: 'UDP/TLS/RTP/SAVPF', formats: ['96'] },
    ]);
    expect(sections[0]?.attributes.all('ssrc').map(({ line }) => line)).toEqual([8, 9]);
  });

  it('may end its lines with CRLF, LF or both, and have empty ones', () => {
    const text = `${session.join('\r\n')}\n${media}\r\n\r\na=mid:0\n\n`;
    expect(readDescription(text).sections[0]?.attributes.one('mid')).toEqual({ line: 7, value: '0' });
  });

  it('may have blanks at the end of a line', () => {
    expect(
      readDescription([...session, media, 'a=mid:0  '].join('\n')).sections[0]?.attributes.one('mid')?.value,
    ).toBe('0');
  });

  it.each([
    ['a bare CR', `${session.join('\r\n')}\r\na=mid:0\ra=mid:1\r\n`],
    ['lines that end with a bare CR', session.join('\r')],
    ['CR CR LF', session.join('\r\r\n')],
    ['a NUL', `${session.join('\r\n')}\r\na=mid:0\0\r\n`],
    ['an escape sequence', `${session.join('\r\n')}\r\na=mid:\u001b[2J\r\n`],
    ['a next-line character', `${session.join('\r\n')}\r\na=mid:0\u0085a=mid:1\r\n`],
  ])('is refused with %s', (_, text) => {
    expect(refusalOfText(text)).toMatch(/^malformed: SDP, line \d: it holds a control character/);
  });

  it.each([
    ['nothing', '', /^malformed: SDP, line 1: it does not begin with "v=0"$/],
    ['a blank before "v=0"', ' v=0\r\n', /line 1: " v=0" is not of the form letter=value/],
    ['a byte order mark', '\ufeffv=0\r\n', /line 1: "\?v=0" is not of the form letter=value/],
    ['something else', '<html>\r\n', /line 1: "<html>" is not of the form letter=value/],
    ['another version', 'v=1\r\n', /line 1: it does not begin with "v=0"/],
    ['an m-section at once', `${media}\r\n`, /line 1: it does not begin with "v=0"/],
  ])('is refused when it begins with %s', (_, text, refusal) => {
    expect(refusalOfText(text)).toMatch(refusal);
  });

  it('is refused where a line is in the wrong place, twice or not there', () => {
    expect(refusalOf(...session, ...session)).toMatch(/line 5: a second "v=" line; send one description/);
    expect(refusalOf(...session, media, 'v=0')).toMatch(
      /line 6: a "v=" line does not belong in an m-section/,
    );
    expect(refusalOf(...session, 'x=1')).toMatch(
      /line 5: a "x=" line does not belong before the first "m=" line/,
    );
    expect(refusalOf('v=0', 's=-')).toMatch(/has no "o=" line/);
    expect(refusalOf('v=0', 'o=- 1 2')).toMatch(/has no "s=" line/);
    expect(refusalOf('v=0', 's=-', 'o=- 1 2')).toMatch(
      /line 3: it is not of the form "o=name id version IN IP4 address"/,
    );
  });

  it.each([
    'm=video',
    'm=video 9',
    'm=video 9 UDP/TLS/RTP/SAVPF',
    'm=VIDEO 9 RTP/SAVPF 96',
    'm=video 9 <x> 96',
  ])('is refused with %s', (line) => {
    expect(refusalOf(...session, line)).toMatch(/^malformed: SDP, line 5: (it|its port)/);
  });

  it.each(['-1', '65536', '1e3', '9/2', '99999999999999999999', '0x9'])('is refused with port %s', (port) => {
    expect(refusalOf(...session, `m=video ${port} UDP/TLS/RTP/SAVPF 96`)).toMatch(
      /line 5: its port ".*" is no number/,
    );
  });

  it('is bounded in bytes, lines, their lengths, m-sections and candidates', () => {
    const candidate = 'a=candidate:1 1 udp 1 192.0.2.1 1 typ host';
    const fill = (line: string, count: number) => Array.from({ length: count }, () => line);
    expect(refusalOfText('v=0\r\n'.repeat(MAX_BYTES))).toMatch(/longer than 65536 bytes/);
    expect(refusalOfText(`v=0\r\ns=${'€'.repeat(MAX_BYTES / 3)}`)).toMatch(/longer than 65536 bytes/);
    expect(refusalOf(...session, ...fill('a=x', MAX_LINES))).toMatch(/more than 2000 lines/);
    expect(refusalOf(...session, ...fill('a=x', MAX_LINES - session.length))).toBe('taken');
    expect(refusalOf(...session, `a=${'x'.repeat(MAX_LINE_LENGTH)}`)).toMatch(
      /line 5: it is longer than 2048 characters/,
    );
    expect(refusalOf(...session, ...fill(media, MAX_SECTIONS))).toBe('taken');
    expect(refusalOf(...session, ...fill(media, MAX_SECTIONS + 1))).toMatch(
      /line 21: .*more than 16 "m=" lines/,
    );
    expect(refusalOf(...session, media, ...fill(candidate, MAX_CANDIDATES))).toBe('taken');
    expect(refusalOf(...session, media, ...fill(candidate, MAX_CANDIDATES + 1))).toMatch(
      /line 262: more than 256 candidates/,
    );
    expect(refusalOf(...session, media, ...fill(candidate, 10_000))).toMatch(/^malformed/);
  });

  it('is not repeated at length in the refusal', () => {
    const text = refusalOf(...session, `?${'\u202e€'.repeat(500)}`);
    expect(text).toMatch(/^malformed: SDP, line 5: "[ -~]{40}…" is not/);
    expect(text.length).toBeLessThan(120);
  });
});

describe('an attribute of which there is one', () => {
  it('may be repeated, not contradicted', () => {
    const of = (...lines: string[]) =>
      readDescription([...session, media, ...lines].join('\n')).sections[0]?.attributes;
    expect(of('a=mid:0', 'a=mid:0')?.one('mid')?.value).toBe('0');
    expect(() => of('a=mid:0', 'a=mid:1')?.one('mid')).toThrow(
      'SDP, line 7: a second a=mid that contradicts the first',
    );
    expect(of('a=__proto__:x')?.one('__proto__')?.value).toBe('x');
    expect(of()?.one('constructor')).toBeUndefined();
  });
});
