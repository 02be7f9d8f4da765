import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { keyFrameTest } from '../key-frame.ts';
import { parseRtpPacket } from '../rtp-packet.ts';
import { openUdpSocket } from '../test-support/udp-socket.ts';
import { monotonicMicros } from './clock.ts';
import { RtpPush } from './rtp-push.ts';
import { readStamp } from './stamp.ts';

function push(...args: ConstructorParameters<typeof RtpPush>): RtpPush {
  const pushed = new RtpPush(...args);
  onTestFinished(() => pushed.close());
  return pushed;
}

async function next(socket: Socket): Promise<Buffer> {
  const [data] = await once(socket, 'message');
  return data;
}

test('packets come stamped with the time at which they went', async () => {
  const [rtp, rtcp] = [await openUdpSocket(), await openUdpSocket()];
  const ports = { port: rtp.address().port, rtcpPort: rtcp.address().port };
  const before = monotonicMicros();
  const sender = push({ ...ports, ssrc: 5, payloadType: 96 });
  const firstPacket = next(rtp);
  const firstReport = next(rtcp);
  sender.start();
  const stamp = readStamp(await firstPacket);
  expect(stamp).toBeGreaterThanOrEqual(Math.floor(before));
  expect(stamp).toBeLessThanOrEqual(monotonicMicros());
  const report = await firstReport;
  expect(report.readUInt8(1)).toBe(200);
  expect(report.readUInt32BE(4)).toBe(5);
  expect(report.readUInt32BE(20)).toBeGreaterThan(0);
});

test('it sends its frames again and again, and nothing after its end', async () => {
  const rtp = await openUdpSocket();
  const sender = push({ port: rtp.address().port, ssrc: 5, payloadType: 96 }, { frameRate: 100 });
  sender.start();
  while (sender.frames < 30) await next(rtp);
  sender.close();
  sender.close();
  const { packets } = sender;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sender.packets).toBe(packets);
});

test('requests for a key frame are counted, and answered with the next frame or ignored', async () => {
  const pli = Buffer.from('81ce00020000000100000002', 'hex');
  /** Key frames among the first 30 frames of a sender that is asked for one after each. */
  const keyFrames = async (answersRequests: boolean) => {
    const both = await openUdpSocket();
    const shape = { frameRate: 100, bitrate: 100_000, keyFrameInterval: 60 };
    const sender = push({ port: both.address().port, ssrc: 5, payloadType: 96 }, shape, { answersRequests });
    const isKeyFrame = keyFrameTest('video/VP8');
    let count = 0;
    both.on('message', (data, { port, address }) => {
      const packet = parseRtpPacket(data);
      if (packet && isKeyFrame?.(packet.payload)) count += 1;
      both.send(pli, port, address);
    });
    sender.start();
    while (sender.frames < 30 || sender.keyFrameRequests < 20) await next(both);
    sender.close();
    return count;
  };
  expect(await keyFrames(true)).toBeGreaterThan(1);
  expect(await keyFrames(false)).toBe(1);
});

test('without a port of its own, RTCP goes where RTP goes', async () => {
  const both = await openUdpSocket();
  push({ port: both.address().port, ssrc: 5, payloadType: 96 }).start();
  let type = 0;
  while (type !== 200) type = (await next(both)).readUInt8(1);
});
