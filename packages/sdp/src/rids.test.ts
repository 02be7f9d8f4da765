import { describe, expect, it } from 'vitest';
import { Attributes } from './attributes.ts';
import { lowestFirst } from './layer-order.ts';
import { readRids } from './rids.ts';
import { refusalOf } from './test-support/refusal.ts';
import type { Writer } from './writer.ts';

const of = (...lines: string[]) =>
  new Attributes(lines.map((value, index) => ({ number: index + 1, type: 'a', value })));
const read = (...lines: string[]) => readRids(of(...lines), undefined);
const named = (...rids: string[]) => rids.map((rid) => `rid:${rid} send`);

describe('the layers of a simulcast', () => {
  it('are those of a=simulcast, each described by a=rid', () => {
    const { offered, lowestFirst: sorted } = read(...named('f', 'h', 'q'), 'simulcast:send f;h;q');
    expect(offered.map(({ rid }) => rid)).toEqual(['f', 'h', 'q']);
    expect(sorted.map(({ rid }) => rid)).toEqual(['q', 'h', 'f']);
  });

  it('may have alternatives, of which the first is taken, and start paused', () => {
    const { offered } = read(...named('a', 'b', 'c'), 'simulcast:send ~a,b;c');
    expect(offered.map(({ rid, paused }) => [rid, paused])).toEqual([
      ['a', true],
      ['c', false],
    ]);
  });

  it('are only those that are sent', () => {
    const { offered } = read(...named('a', 'b'), 'rid:x recv', 'simulcast:recv x send a;b');
    expect(offered.map(({ rid }) => rid)).toEqual(['a', 'b']);
    expect(read('rid:x recv').offered).toEqual([]);
  });

  it('keep their restrictions, without payload types', () => {
    const [layer] = read('rid:a send pt=96,97;max-width=320; max-fps=15').offered;
    expect(layer).toMatchObject({
      payloadTypes: [96, 97],
      restrictions: 'max-width=320;max-fps=15',
      width: 320,
    });
    expect(read('rid:a send max-width=0;max-br=99999999999;max-height=-1').offered[0]).not.toHaveProperty(
      'width',
    );
  });

  it.each([
    [['rid:a'], /line 1: it is not of the form "a=rid:name send"/],
    [['rid:seventeen-letters send'], /line 1: it is not of the form "a=rid:name send"/],
    [['rid:ä send'], /line 1: it is not of the form "a=rid:name send"/],
    [['rid:a send', 'rid:a send'], /line 2: the RID "a" is described twice/],
    [['rid:a send', 'simulcast:send a;b'], /^malformed: SDP, line 2: there is no "a=rid" of "b"/],
    [['rid:a send', 'simulcast:send a;a'], /line 2: a layer is listed twice/],
    [['rid:a send', 'simulcast:send'], /line 2: it is not of the form "a=simulcast:send low;mid;high"/],
    [['rid:a send', 'simulcast:a;b'], /line 2: it is not of the form "a=simulcast:send low;mid;high"/],
    [named('a', 'b'), /^not-acceptable: SDP, line 2: several RIDs need an "a=simulcast:send" line/],
    [
      [...named('a', 'b', 'c', 'd', 'e'), 'simulcast:send a;b;c;d;e'],
      /^not-acceptable: SDP, line 6: more than 4 layers/,
    ],
  ])('%j are refused', (lines, refusal) => {
    expect(refusalOf(() => read(...lines))).toMatch(refusal);
  });
});

describe('the lowest layer', () => {
  const order = (writer: Writer | undefined, ...rids: string[]) =>
    lowestFirst(
      rids.map((rid) => ({ rid })),
      writer,
    ).map(({ rid }) => rid);

  it('is found by limits where they differ', () => {
    const layers = [
      { rid: 'a', width: 1280, maxBitrate: 100 },
      { rid: 'b', width: 640, maxBitrate: 200 },
    ];
    expect(lowestFirst(layers, undefined).map(({ rid }) => rid)).toEqual(['b', 'a']);
    const byBitrate = layers.map(({ rid, maxBitrate }) => ({ rid, width: 1, maxBitrate }));
    expect(lowestFirst(byBitrate, undefined).map(({ rid }) => rid)).toEqual(['a', 'b']);
  });

  it('is found by names that say it', () => {
    expect(order(undefined, 'f', 'h', 'q')).toEqual(['q', 'h', 'f']);
    expect(order(undefined, 'h', 'l', 'm')).toEqual(['l', 'm', 'h']);
    expect(order(undefined, 'high', 'low')).toEqual(['low', 'high']);
  });

  it('is the last of OBS, the first of others', () => {
    expect(order('libdatachannel', '0', '1', '2')).toEqual(['2', '1', '0']);
    expect(order(undefined, '0', '1', '2')).toEqual(['0', '1', '2']);
    expect(order(undefined, 'r0', 'r1')).toEqual(['r0', 'r1']);
  });
});
