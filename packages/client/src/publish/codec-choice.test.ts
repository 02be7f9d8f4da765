import { describe, expect, it } from 'vitest';
import { type CodecFacts, chooseCodec, codecPreference } from './codec-choice.ts';

const facts = (some: Partial<CodecFacts>): CodecFacts => ({
  wish: 'auto',
  sendable: codecPreference,
  smooth: codecPreference,
  tooSlow: [],
  common: codecPreference,
  ...some,
});

describe('chooseCodec', () => {
  it('prefers AV1, VP9, VP8, H264 in that order', () => {
    expect(chooseCodec(facts({}))).toBe('AV1');
    expect(chooseCodec(facts({ smooth: ['H264', 'VP9', 'VP8'] }))).toBe('VP9');
    expect(chooseCodec(facts({ smooth: ['H264', 'VP8'] }))).toBe('VP8');
    expect(chooseCodec(facts({ smooth: ['H264'] }))).toBe('H264');
  });

  it('moves on from a codec that proved too slow', () => {
    expect(chooseCodec(facts({ tooSlow: ['AV1'] }))).toBe('VP9');
    expect(chooseCodec(facts({ tooSlow: ['AV1', 'VP9'] }))).toBe('VP8');
  });

  it('takes a codec that every viewer decodes', () => {
    expect(chooseCodec(facts({ common: ['H264'] }))).toBe('H264');
    expect(chooseCodec(facts({ common: ['VP8', 'H264'] }))).toBe('VP8');
  });

  it('puts viewers before the picture when nothing is smooth for all of them', () => {
    expect(chooseCodec(facts({ common: ['VP9'], smooth: ['VP8'] }))).toBe('VP9');
    expect(chooseCodec(facts({ common: ['VP9'], tooSlow: ['VP9'] }))).toBe('VP9');
  });

  it('stays with a codec that serves, and leaves one that does not', () => {
    expect(chooseCodec(facts({ present: 'VP8' }))).toBe('VP8');
    expect(chooseCodec(facts({ present: 'VP8', common: ['AV1', 'H264'] }))).toBe('AV1');
    expect(chooseCodec(facts({ present: 'VP8', tooSlow: ['VP8'] }))).toBe('AV1');
  });

  it('serves most viewers when no codec is common to all', () => {
    expect(chooseCodec(facts({ common: [], smooth: ['VP8', 'H264'] }))).toBe('VP8');
  });

  it('still sends when everything proved too slow', () => {
    expect(chooseCodec(facts({ tooSlow: codecPreference }))).toBe('VP8');
    expect(chooseCodec(facts({ smooth: [] }))).toBe('VP8');
  });

  it('keeps a chosen codec whatever viewers decode', () => {
    expect(chooseCodec(facts({ wish: 'VP9', common: ['H264'], tooSlow: ['VP9'] }))).toBe('VP9');
  });

  it('gives nothing when browser and server share no codec', () => {
    expect(chooseCodec(facts({ sendable: [] }))).toBeUndefined();
    expect(chooseCodec(facts({ wish: 'H264', sendable: ['VP8'] }))).toBeUndefined();
  });
});
