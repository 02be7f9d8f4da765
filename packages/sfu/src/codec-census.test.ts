import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CodecCensus } from './codec-census.ts';
import { videoCodecs } from './codecs.ts';

it('knows what all decode who are there', () => {
  const viewer = fc.record({ codecs: fc.subarray([...videoCodecs]), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(viewer), (viewers) => {
      const census = new CodecCensus();
      for (const { codecs } of viewers) census.add(codecs);
      for (const { codecs, leaves } of viewers) if (leaves) census.remove(codecs);
      const present = viewers.filter(({ leaves }) => !leaves);
      const expected = videoCodecs.filter((codec) => present.every(({ codecs }) => codecs.includes(codec)));
      expect(census.common).toEqual(expected);
    }),
  );
});
