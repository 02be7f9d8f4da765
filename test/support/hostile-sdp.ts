import fc from 'fast-check';
import { iceFragmentFixtures, offerFixture, offerFixtures } from '../../packages/sdp/src/fixtures/index.ts';
import { anyMutation, type Json, mutate } from './mutate.ts';

/** The most that the server reads. Bytes. */
export const MOST = 65_536;

/** A description that no honest client sends. */
export interface HostileSdp {
  readonly name: string;
  readonly sdp: string | Uint8Array<ArrayBuffer>;
}

export type Role = 'publish' | 'play';

/** An honest description, to make others from. */
export const honest: Readonly<Record<Role, string>> = {
  publish: offerFixture('chromium-156-publish').sdp,
  play: offerFixture('chromium-156-play').sdp,
};

/** Adds lines to the last m-section, or before the first. */
function insert(sdp: string, lines: string, where: 'session' | 'section'): string {
  return where === 'section' ? sdp + lines : sdp.replace('\r\nm=', () => `\r\n${lines}m=`);
}

/** As many lines as fit into a description that the server still reads. */
function fill(sdp: string, line: (index: number) => string, where: 'session' | 'section'): string {
  const lines: string[] = [];
  let bytes = Buffer.byteLength(sdp);
  for (let index = 0; ; index += 1) {
    const next = `${line(index)}\r\n`;
    bytes += Buffer.byteLength(next);
    if (bytes > MOST) return insert(sdp, lines.join(''), where);
    lines.push(next);
  }
}

/** One line of each attribute that any client sends. */
const attributeLines = new Map(
  offerFixtures.flatMap(({ sdp }) =>
    [...sdp.matchAll(/^a=([\w-]+).*$/gm)].map(([line, name]) => [name ?? '', line.trimEnd()] as const),
  ),
);

/** Descriptions full of each attribute: copies of a line, and lines that differ in their first number. */
export function floods(role: Role): HostileSdp[] {
  return [...attributeLines].flatMap(([name, line]) =>
    (['session', 'section'] as const).flatMap((where) => [
      { name: `${name}, copies, ${where}`, sdp: fill(honest[role], () => line, where) },
      {
        name: `${name}, variants, ${where}`,
        sdp: fill(honest[role], (index) => line.replace(/\d+|$/, String(index)), where),
      },
    ]),
  );
}

const lengthy = 'x'.repeat(70_000);
const numbers = ['-1', '0', '65536', '4294967296', '9'.repeat(30), '1e9', '0x10', 'NaN', '٣', '', '1.5'];

/** Texts that might end a line, a header or a log entry early. */
const breaks = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  '\u0085',
  '\u2028',
  '\u2029',
  '\t',
  '\u001b[2J',
  '%0d%0a',
  '\\r\\n',
];
const injected = 'a=x-evil: 1';

/** Places whose values might come back to somebody. */
const echoes: readonly (readonly [string, RegExp])[] = [
  ['originator', /(?<=^o=)/m],
  ['MID', /(?<=^a=mid:.*)$/m],
  ['BUNDLE', /(?<=^a=group:BUNDLE.*)$/m],
  ['format', /(?<=^m=video.*)$/m],
  ['protocol', /(?<=^m=video \d+ )/m],
  ['fmtp', /(?<=^a=fmtp:.*)$/m],
  ['rtpmap', /(?<=^a=rtpmap:\d+ )/m],
  ['extmap', /(?<=^a=extmap:\d+ )/m],
  ['ice-ufrag', /(?<=^a=ice-ufrag:.*)$/m],
  ['setup', /(?<=^a=setup:.*)$/m],
];

/** Numbers of a description, each to be made absurd. */
const numbered: readonly (readonly [string, RegExp])[] = [
  ['port', /(?<=^m=video )\d+/m],
  ['payload type', /(?<=^m=video .* )\d+$/m],
  ['payload type of a map', /(?<=^a=rtpmap:)\d+/m],
  ['clock rate', /(?<=^a=rtpmap:.*\/)\d+$/m],
  ['extension', /(?<=^a=extmap:)\d+/m],
  ['session', /(?<=^o=\S+ )\d+/m],
  ['SSRC', /(?<=^a=ssrc:)\d+/m],
  ['feedback', /(?<=^a=rtcp-fb:)\d+/m],
  ['apt', /(?<=apt=)\d+/],
  ['profile', /(?<=profile-level-id=)\w+/],
];

function section(index: number): string {
  return `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:m${index}\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n`;
}

const fingerprint = `a=fingerprint:sha-256 ${Array(32).fill('00').join(':')}`;

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)));
}

/** What is wrong by design: too much, against itself, out of range, in disguise. */
export function hostileOffers(role: Role): HostileSdp[] {
  const sdp = honest[role];
  const candidate = (index: number) => `a=candidate:${index} 1 udp 1 10.0.0.1 9 typ host`;
  const all: Record<string, string | Uint8Array<ArrayBuffer>> = {
    '64 KiB': fill(sdp, () => `a=x:${'y'.repeat(1000)}`, 'section').padEnd(MOST, ' '),
    'more than 64 KiB': sdp.padEnd(MOST + 1, 'a=x\r\n'),
    '10000 candidates': insert(
      sdp,
      `${[...Array(10_000).keys()].map(candidate).join('\r\n')}\r\n`,
      'section',
    ),
    'candidates to the brim': fill(sdp, candidate, 'section'),
    '10000 lines': `${sdp}${'a=\n'.repeat(10_000)}`,
    'empty lines': `${sdp}${'\r\n'.repeat(20_000)}`,
    '16 sections more': sdp + [...Array(14).keys()].map(section).join(''),
    'sections to the brim': fill(sdp, (index) => section(index).trimEnd(), 'section'),
    'the whole again and again': sdp.repeat(9),
    'one section again': sdp + sdp.slice(sdp.lastIndexOf('m=')),
    'nothing but m=': 'm=\r\n'.repeat(9000),
    'all directions': insert(sdp, 'a=sendrecv\r\na=sendonly\r\na=recvonly\r\na=inactive\r\n', 'section'),
    'two setups': insert(sdp, 'a=setup:active\r\na=setup:passive\r\n', 'section'),
    'another fingerprint': insert(sdp, `${fingerprint}\r\n`, 'section'),
    'a fingerprint of no hash': sdp.replaceAll(/^a=fingerprint:.*$/gm, 'a=fingerprint:md5 00'),
    'other credentials': insert(sdp, 'a=ice-ufrag:evil\r\na=ice-pwd:evil\r\n', 'section'),
    'MID twice': sdp.replaceAll(/^a=mid:.*$/gm, 'a=mid:0'),
    'a second MID': insert(sdp, 'a=mid:other\r\n', 'section'),
    'payload type twice': sdp.replace(/^(m=video .*)$/m, '$1 96 96'),
    'one payload type for audio and video': sdp.replaceAll(/\b111\b/g, '96'),
    'extension twice': insert(sdp, 'a=extmap:1 urn:a\r\na=extmap:1 urn:b\r\n', 'section'),
    'map twice': insert(sdp, 'a=rtpmap:96 H264/90000\r\na=rtpmap:96 AV1/90000\r\n', 'section'),
    'a line of 64 KiB': insert(sdp, `a=${'x'.repeat(50_000)}\r\n`, 'section'),
    'a word of 64 KiB': lengthy.slice(0, MOST),
    'prototype names': insert(
      sdp,
      'a=__proto__:1\r\na=constructor\r\na=fmtp:96 __proto__=1;constructor=2\r\n',
      'section',
    ),
    BOM: `\ufeff${sdp}`,
    'UTF-16': Uint8Array.from(Buffer.from(sdp, 'utf16le')),
    'a lone surrogate': bytes(sdp, 'a=x:', [0xed, 0xa0, 0x80], '\r\n'),
    'overlong line end': bytes(sdp, 'a=x:', [0xc0, 0x8d, 0xc0, 0x8a], injected, '\r\n'),
    'no UTF-8': bytes(sdp, [0xff, 0xfe, 0xff], '\r\n'),
    gzip: Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    'only CR': sdp.replaceAll('\r\n', '\r'),
    JSON: JSON.stringify({ type: 'offer', sdp }),
    HTML: `<script>alert(1)</script>`,
    'a rejected section of odd formats': `${sdp}m=application 0 a/b é\u2028${injected}\r\n`,
  };
  for (const [what, place] of echoes) {
    for (const text of breaks) {
      all[`${JSON.stringify(text)} in ${what}`] = sdp.replace(place, () => `${text}${injected}`);
    }
  }
  for (const [what, place] of numbered) {
    for (const number of numbers) all[`${what} ${number}`] = sdp.replace(place, number);
  }
  return Object.entries(all).map(([name, each]) => ({ name, sdp: each }));
}

/** Bodies of PATCH that no honest client sends. */
export const hostileFragments: readonly HostileSdp[] = [
  ...iceFragmentFixtures.flatMap(({ name, text }) => [
    { name: `${name} again and again`, sdp: text.repeat(20) },
    {
      name: `${name} to the brim`,
      sdp: fill(text, (index) => `a=candidate:${index} 1 udp 1 ::1 9 typ host`, 'section'),
    },
    {
      name: `${name} of other credentials`,
      sdp: `${text}a=ice-ufrag:evil\r\na=ice-pwd:${'e'.repeat(22)}\r\n`,
    },
    { name: `${name} with breaks`, sdp: text.replaceAll('\r\n', '\r') },
    { name: `${name} with NUL`, sdp: text.replaceAll(' ', '\0') },
    { name: `${name} in UTF-16`, sdp: Uint8Array.from(Buffer.from(text, 'utf16le')) },
  ]),
  { name: 'a long name', sdp: `a=ice-ufrag:${'u'.repeat(2000)}\r\na=ice-pwd:${'p'.repeat(2000)}\r\n` },
  { name: 'half of the credentials', sdp: 'a=ice-ufrag:half\r\n' },
  { name: 'sections only', sdp: 'm=audio 9 RTP/AVP 0\r\n'.repeat(3000) },
  { name: 'no more than an end', sdp: 'a=end-of-candidates\r\n' },
  { name: 'a candidate of numbers', sdp: 'a=candidate:1 99999 udp 99999999999 1.1.1.1 99999 typ host\r\n' },
  { name: 'more than 64 KiB', sdp: 'a=x\r\n'.padEnd(MOST + 1, 'a=x\r\n') },
  { name: 'a whole offer', sdp: honest.play },
];

/** The words of a description, line by line, with what parts them. */
function toTree(sdp: string): Json {
  const word = (text: string) => (/^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text);
  return sdp.split('\n').map((line) => line.split(/([ :;=/,\r])/).map(word));
}

function toText(tree: Json): string {
  const word = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));
  if (!Array.isArray(tree)) return word(tree);
  return tree.map((line) => (Array.isArray(line) ? line.map(word).join('') : word(line))).join('\n');
}

/** Makes a description that is nearly right out of one that is. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({
      text: fc.constantFrom(...texts),
      mutations: fc.array(anyMutation, { minLength: 1, maxLength: 3 }),
    })
    .map(({ text, mutations }) => toText(mutate(toTree(text), mutations)));
}

/** Offers of real programs. */
export const realOffers: Readonly<Record<Role, readonly string[]>> = {
  publish: offerFixtures.filter(({ role }) => role === 'publish').map(({ sdp }) => sdp),
  play: offerFixtures.filter(({ role }) => role === 'play').map(({ sdp }) => sdp),
};

export const realFragments: readonly string[] = iceFragmentFixtures.map(({ text }) => text);
