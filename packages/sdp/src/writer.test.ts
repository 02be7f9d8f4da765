import { expect, it } from 'vitest';
import { readDescription } from './description.ts';
import { offerFixtures } from './fixtures/index.ts';

it('knows who wrote an offer, where that matters', () => {
  const writers = new Map(offerFixtures.map(({ program, sdp }) => [program, readDescription(sdp).writer]));
  const known = [...writers].filter(([, writer]) => writer !== undefined);
  expect(Object.fromEntries(known.map(([program, writer]) => [program.toLowerCase(), writer]))).toEqual({
    libdatachannel: 'libdatachannel',
    obs: 'libdatachannel',
    pion: 'Pion',
  });
});
