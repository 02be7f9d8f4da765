import { expect, test } from 'vitest';
import { asksForKeyFrame } from './key-frame-request.ts';
import { senderReport } from './sender-report.ts';
import { VideoSource } from './video-source.ts';

const receiverReport = Buffer.from('80c9000100000001', 'hex');
const pli = Buffer.from('81ce00020000000100000002', 'hex');
const fir = Buffer.from('84ce000400000001000000000000000201000000', 'hex');
const nack = Buffer.from('81cd0003000000010000000200010000', 'hex');

test('alone and behind a report', () => {
  expect([pli, fir, Buffer.concat([receiverReport, pli])].map(asksForKeyFrame)).toEqual([true, true, true]);
});

test('not what else comes', () => {
  const rtp = new VideoSource({ ssrc: 1, payloadType: 96 }).nextFrame(0)[0] ?? Buffer.alloc(0);
  const report = senderReport({ ssrc: 1, timestamp: 0, packets: 0, octets: 0 }, 'name', 0);
  const others = [receiverReport, nack, report, rtp, Buffer.alloc(0), Buffer.from([0x81]), Buffer.alloc(20)];
  expect(others.map(asksForKeyFrame)).toEqual(others.map(() => false));
});
