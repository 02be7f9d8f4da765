import * as ortc from 'mediasoup/ortc';
import { expect, test } from 'vitest';
import { viewerCapabilities } from './harness-options.ts';

const router = ortc.generateRouterRtpCapabilities([
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
]);

const nothing = { transportCc: false, retransmission: 'none', absSendTime: false } as const;

function feedbackOf(options: Parameters<typeof viewerCapabilities>[1]): string[] {
  const [codec] = viewerCapabilities(router, options).codecs ?? [];
  return (codec?.rtcpFeedback ?? []).map(({ type, parameter }) =>
    [type, parameter].filter(Boolean).join(' '),
  );
}

function extensionsOf(options: Parameters<typeof viewerCapabilities>[1]): string {
  return (viewerCapabilities(router, options).headerExtensions ?? []).map(({ uri }) => uri).join(' ');
}

test('key frames can be asked for whatever is left out', () => {
  expect(feedbackOf(nothing)).toEqual(['nack pli', 'ccm fir']);
});

test('plain NACK has no RTX codec, RTX has both', () => {
  const nack = { ...nothing, retransmission: 'nack' } as const;
  expect(feedbackOf(nack)).toContain('nack');
  expect(viewerCapabilities(router, nack).codecs).toHaveLength(1);
  const rtx = { ...nothing, retransmission: 'rtx' } as const;
  expect(feedbackOf(rtx)).toContain('nack');
  expect(viewerCapabilities(router, rtx).codecs).toHaveLength(2);
});

test('congestion control and its header extensions come only where asked for', () => {
  expect(extensionsOf(nothing)).not.toMatch(/transport-wide-cc|abs-send-time/);
  expect(feedbackOf({ ...nothing, transportCc: true })).toContain('transport-cc');
  expect(extensionsOf({ ...nothing, transportCc: true })).toMatch(/transport-wide-cc/);
  expect(extensionsOf({ ...nothing, absSendTime: true })).toMatch(/abs-send-time/);
});
