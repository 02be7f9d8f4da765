import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { promisify } from 'node:util';
import type { RtpInput } from '@spillway/protocol';
import { parseRtp, type RtpPacket } from '../test-support/rtp-packet.ts';

const run = promisify(execFile);

/** What came to one RTP output. */
export interface Received {
  readonly packets: RtpPacket[];
  /** Wall clock in seconds and RTP timestamp, of each sender report. */
  readonly reports: { ntp: number; timestamp: number }[];
}

async function bound(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 2 ** 22 });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

/** Runs FFmpeg from an input to as many RTP outputs as there are codecs, and gives what came. */
export async function capture(
  input: readonly string[],
  codecs: readonly RtpInput['codec'][],
  args: (outputs: RtpInput[]) => string[],
): Promise<Received[]> {
  const received = codecs.map((): Received => ({ packets: [], reports: [] }));
  const sockets: Socket[] = [];
  const outputs: RtpInput[] = [];
  try {
    for (const [index, codec] of codecs.entries()) {
      const [rtp, rtcp] = [await bound(), await bound()];
      sockets.push(rtp, rtcp);
      rtp.on('message', (data) => {
        const packet = parseRtp(data);
        if (packet) received[index]?.packets.push(packet);
      });
      rtcp.on('message', (data) => {
        if (data[1] !== 200) return;
        const ntp = data.readUInt32BE(8) - 2_208_988_800 + data.readUInt32BE(12) / 2 ** 32;
        received[index]?.reports.push({ ntp, timestamp: data.readUInt32BE(16) });
      });
      outputs.push({
        kind: ['opus', 'PCMU', 'PCMA'].includes(codec) ? 'audio' : 'video',
        codec,
        address: '127.0.0.1',
        port: rtp.address().port,
        rtcpPort: rtcp.address().port,
        ssrc: 3_000_000_000 + index,
        payloadType: codec === 'PCMU' ? 0 : 96 + index,
      });
    }
    await run('ffmpeg', ['-v', 'error', '-nostdin', ...input, ...args(outputs)], { timeout: 60_000 });
    return received;
  } finally {
    for (const socket of sockets) socket.close();
  }
}
