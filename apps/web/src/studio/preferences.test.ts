import { expect, it } from 'vitest';
import { defaultPreferences, parsePreferences } from './preferences.ts';

it('reads stored choices', () => {
  const stored = {
    cameraId: 'c',
    microphoneId: 'm',
    quality: '1080p',
    codec: 'VP9',
    destination: 'whip',
    whipUrl: 'https://host/whip/demo',
    whipLayers: true,
  };
  expect(parsePreferences(JSON.stringify(stored))).toEqual(stored);
});

it('puts the default in the place of what is not valid', () => {
  expect(parsePreferences(null)).toEqual(defaultPreferences);
  expect(
    parsePreferences(
      '{"quality":"9000p","codec":"H265","cameraId":4,"destination":"moon","whipUrl":1,"whipLayers":"yes"}',
    ),
  ).toEqual(defaultPreferences);
});
