import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { videoSending } from './encodings.ts';
import { qualityNames } from './quality.ts';

describe('videoSending', () => {
  it('sends VP8 and H264 at 720p as three encodings, scaled 4, 2 and 1', () => {
    for (const codec of ['VP8', 'H264'] as const) {
      const { encodings, layers } = videoSending({
        codec,
        quality: '720p',
        captured: { width: 1280, height: 720 },
      });
      expect(encodings.map((encoding) => encoding.scaleResolutionDownBy)).toEqual([4, 2, 1]);
      expect(layers.map((layer) => layer.height)).toEqual([180, 360, 720]);
      expect(encodings.map((encoding) => encoding.maxBitrate)).toEqual(layers.map((l) => l.maxBitrate));
    }
  });

  it('sends two encodings at 480p', () => {
    const { encodings } = videoSending({
      codec: 'VP8',
      quality: '480p',
      captured: { width: 854, height: 480 },
    });
    expect(encodings.map((encoding) => encoding.scaleResolutionDownBy)).toEqual([2, 1]);
  });

  it('sends VP9 as one encoding in spatial layers, whose bitrate covers all of them', () => {
    const captured = { width: 1920, height: 1080 };
    const { encodings, layers } = videoSending({ codec: 'VP9', quality: '1080p', captured });
    expect(encodings).toHaveLength(1);
    expect(encodings[0]?.scalabilityMode).toBe('L3T3_KEY');
    expect(encodings[0]?.maxBitrate).toBe(layers.reduce((sum, layer) => sum + (layer.maxBitrate ?? 0), 0));
    expect(videoSending({ codec: 'VP9', quality: '480p', captured }).encodings[0]?.scalabilityMode).toBe(
      'L2T3_KEY',
    );
  });

  it('sends AV1 as one encoding in temporal layers, with nothing to choose from', () => {
    const { encodings, layers } = videoSending({
      codec: 'AV1',
      quality: '720p',
      captured: { width: 1280, height: 720 },
    });
    expect(encodings).toEqual([{ maxBitrate: 1_540_000, scaleResolutionDownBy: 1, scalabilityMode: 'L1T3' }]);
    expect(layers).toEqual([]);
  });

  it('sends one plain layer where the browser has no SVC', () => {
    const { encodings, layers } = videoSending({
      codec: 'VP9',
      quality: '720p',
      captured: { width: 1280, height: 720 },
      svc: false,
    });
    expect(layers).toEqual([]);
    expect(encodings).toEqual([{ maxBitrate: 1_760_000, scaleResolutionDownBy: 1 }]);
  });

  it('scales a larger picture, such as a screen, down to the quality', () => {
    const { encodings, layers } = videoSending({
      codec: 'VP8',
      quality: '720p',
      captured: { width: 2560, height: 1440 },
    });
    expect(encodings.map((encoding) => encoding.scaleResolutionDownBy)).toEqual([8, 4, 2]);
    expect(layers.at(-1)).toMatchObject({ width: 1280, height: 720 });
  });

  it('measures an upright picture by its short side', () => {
    const { encodings, layers } = videoSending({
      codec: 'H264',
      quality: '720p',
      captured: { width: 720, height: 1280 },
    });
    expect(encodings.at(-1)?.scaleResolutionDownBy).toBe(1);
    expect(layers.at(-1)).toMatchObject({ width: 720, height: 1280 });
  });

  it('gives what the protocol admits, lowest layer first, for every picture', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('VP8', 'VP9', 'H264', 'AV1'),
        fc.constantFrom(...qualityNames),
        fc.integer({ min: 1, max: 7680 }),
        fc.integer({ min: 1, max: 7680 }),
        (codec, quality, width, height) => {
          const { encodings, layers } = videoSending({ codec, quality, captured: { width, height } });
          const bitrates = layers.map((layer) => layer.maxBitrate ?? 0);
          expect(bitrates).toEqual([...bitrates].sort((a, b) => a - b));
          for (const layer of layers) {
            expect(layer.width).toBeGreaterThanOrEqual(1);
            expect(layer.width).toBeLessThanOrEqual(16_384);
            expect(layer.height).toBeGreaterThanOrEqual(1);
            expect(Number.isInteger(layer.maxBitrate)).toBe(true);
          }
          for (const encoding of encodings) expect(encoding.scaleResolutionDownBy).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });
});
