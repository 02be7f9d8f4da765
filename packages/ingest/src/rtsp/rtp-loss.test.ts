import { expect, test } from 'vitest';
import { RtpLoss } from './rtp-loss.ts';

function count(loss: RtpLoss, channel: number, sequences: readonly number[], type = 96) {
  for (const sequence of sequences) {
    const start = Buffer.from([0x80, type, 0, 0]);
    start.writeUInt16BE(sequence & 0xffff, 2);
    loss.count(channel, start);
  }
}

test('gaps are counted by channel, over the wrap', () => {
  const loss = new RtpLoss();
  expect(loss.total).toEqual({ received: 0, lost: 0 });
  count(loss, 0, [65_534, 65_535, 1, 2]);
  count(loss, 2, [10, 11, 15]);
  expect(loss.total).toEqual({ received: 7, lost: 4 });
});

test('late packets, new beginnings and RTCP are no loss', () => {
  const loss = new RtpLoss();
  count(loss, 0, [1, 3, 2, 4]);
  expect(loss.total).toEqual({ received: 4, lost: 0 });
  count(loss, 0, [30_000, 30_001]);
  expect(loss.total).toEqual({ received: 6, lost: 0 });
  count(loss, 1, [500, 900], 200);
  expect(loss.total).toEqual({ received: 6, lost: 0 });
});
