import { type Layer, SpillwayError } from '@spillway/protocol';
import { describe, expect, it } from 'vitest';
import { chooseLayers, type LayerWish } from './layer-choice.ts';

const three: Layer[] = [
  { rid: 'q', width: 320, height: 180 },
  { rid: 'h', width: 640, height: 360 },
  { rid: 'f', width: 1280, height: 720 },
];

function choose(wish: LayerWish, layers: readonly Layer[] = three, videoLine = 1) {
  try {
    const { spatialLayer, temporalLayer } = chooseLayers(wish, layers, videoLine);
    return [spatialLayer, temporalLayer];
  } catch (error) {
    if (error instanceof SpillwayError && error.code === 'unprocessable') return error.message;
    throw error;
  }
}

describe('chooseLayers', () => {
  it.each<[string, LayerWish, readonly (number | null)[]]>([
    ['no wish leaves the choice to the server', {}, [null, null]],
    ['the m-line alone is no wish', { mediaId: '1' }, [null, null]],
    ['by name', { rid: 'h' }, [1, null]],
    ['by number', { spatialLayerId: 2 }, [2, null]],
    ['both, when they agree', { rid: 'q', spatialLayerId: 0 }, [0, null]],
    ['a bound', { maxSpatialLayerId: 7 }, [7, null]],
    ['the lowest bound counts', { rid: 'f', maxSpatialLayerId: 1, maxTemporalLayerId: 0 }, [1, 0]],
    ['temporal layers', { temporalLayerId: 1, maxTemporalLayerId: 2 }, [null, 1]],
    ['width', { maxWidth: 800 }, [1, null]],
    ['width and height', { maxWidth: 2000, maxHeight: 200 }, [0, null]],
    ['the lowest where nothing fits', { maxWidth: 10 }, [0, null]],
  ])('%s', (_what, wish, expected) => {
    expect(choose(wish)).toEqual(expected);
  });

  it('takes layers of unknown size as fitting', () => {
    expect(choose({ maxWidth: 10 }, [{ rid: 'a' }, { rid: 'b' }])).toEqual([1, null]);
  });

  it('says what cannot be had', () => {
    expect(choose({ rid: 'x' })).toMatch(/no layer "x" now/);
    expect(choose({ spatialLayerId: 3 })).toMatch(/highest layer now is 2/);
    expect(choose({ spatialLayerId: 1 }, [])).toMatch(/highest layer now is 0/);
    expect(choose({ rid: 'q', spatialLayerId: 1 })).toMatch(/different layers/);
    expect(choose({ mediaId: '0' })).toMatch(/the video is m-line 1/);
    expect(choose({}, three, -1)).toMatch(/no video/);
  });
});
