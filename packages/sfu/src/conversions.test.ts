import { describe, expect, it } from 'vitest';
import { routerCapabilities } from './codecs.ts';
import { toMediasoupCapabilities, withoutCongestionControl } from './conversions.ts';

describe('conversions', () => {
  it('drops header extensions that no router knows', () => {
    const { headerExtensions } = toMediasoupCapabilities({
      headerExtensions: [
        { kind: 'video', uri: 'urn:example:unknown', preferredId: 3 },
        { kind: 'video', uri: 'urn:3gpp:video-orientation', preferredId: 4 },
      ],
    });
    expect(headerExtensions?.map(({ uri }) => uri)).toEqual(['urn:3gpp:video-orientation']);
  });

  it('takes congestion control out and leaves loss recovery in', () => {
    const { codecs = [], headerExtensions = [] } = withoutCongestionControl(routerCapabilities);
    const feedback = new Set(codecs.flatMap(({ rtcpFeedback = [] }) => rtcpFeedback.map(({ type }) => type)));
    expect(feedback).toEqual(new Set(['nack', 'ccm']));
    expect(headerExtensions.some(({ uri }) => uri.includes('transport-wide-cc'))).toBe(false);
    expect(headerExtensions.some(({ uri }) => uri === 'urn:ietf:params:rtp-hdrext:sdes:mid')).toBe(true);
  });
});
