import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { TestServer } from './server.ts';

/** Bodies for probe and PUT that no server may follow. */

const camera = (url: string, more: object = {}) => ({ type: 'rtsp', url, ...more });
const film = (file: unknown, more: object = {}) => ({ type: 'file', file, ...more });
const pasted = (sdp: string) => ({ type: 'rtp', sdp });

/** @param touch a file that no command may make */
function urls(touch: string): string[] {
  return [
    // Other protocols of FFmpeg, and options.
    ...['file:///etc/passwd', 'concat:/etc/passwd|/etc/shadow', 'pipe:0', 'data:video/mp4;base64,AAAA'],
    ...['-i', '-i /etc/passwd', 'tee:/etc/passwd', 'subfile,,start,0,end,9,,:/etc/passwd', '@/etc/passwd'],
    ...[
      'http://169.254.169.254/latest',
      'rtp://127.0.0.1:5004',
      'rtsp+tls://127.0.0.1/',
      'RTSP://127.0.0.1/',
    ],
    // This machine and those of the cloud, in every spelling.
    ...[
      'rtsp://127.0.0.1:554/a',
      'rtsp://localhost/',
      'rtsp://LOCALHOST./',
      'rtsp://2130706433/',
      'rtsp://0x7f000001/',
    ],
    ...[
      'rtsp://0177.0.0.1/',
      'rtsp://127.1/',
      'rtsp://0/',
      'rtsp://0.0.0.0/',
      'rtsp://[::1]/',
      'rtsp://[::]/',
    ],
    ...['rtsp://[::ffff:127.0.0.1]/', 'rtsp://[::ffff:7f00:1]/', 'rtsp://[0:0:0:0:0:ffff:7f00:0001]/'],
    ...[
      'rtsp://[64:ff9b::7f00:1]/',
      'rtsp://[2002:7f00:1::]/',
      'rtsp://[fe80::1]/',
      'rtsp://[fd00:ec2::254]/',
    ],
    ...['rtsp://169.254.169.254/latest/meta-data', 'rtsp://2852039166/', 'rtsp://0xa9.0xfe.0xa9.0xfe/'],
    ...['rtsp://224.0.0.1/', 'rtsp://255.255.255.255/', 'rtsps://127.0.0.1/'],
    // What one parser takes for the host and another does not.
    ...['rtsp://camera@127.0.0.1/', 'rtsp://127.0.0.2:1@127.0.0.1/', 'rtsp://127.0.0.1#@127.0.0.2/'],
    ...['rtsp://127.0.0.2\\@127.0.0.1/', 'rtsp://127.0.0.1?@127.0.0.2/', 'rtsp://127.0.0.1%2f@127.0.0.2:0/'],
    ...[
      'rtsp:///etc/passwd',
      'rtsp://',
      'rtsp://:554/',
      'rtsp://@/',
      'rtsp://[::1/',
      'rtsp://１２７.０.０.１/',
    ],
    ...['rtsp://127.0.0.1:99999/', 'rtsp://127.0.0.1:-1/', 'rtsp://127.0.0.1:0/'],
    // Lines, quotes and shells.
    ...[
      'rtsp://127.0.0.1/\r\nX-Evil: 1',
      'rtsp://127.0.0.1/%0d%0aX-Evil:%201',
      'rtsp://127.0.0.1/ -i /etc/passwd',
    ],
    ...[
      "rtsp://127.0.0.1/' -i /etc/passwd '",
      `rtsp://127.0.0.1/;touch\${IFS}${touch}`,
      `rtsp://$(touch ${touch})/`,
    ],
    ...[
      `rtsp://\`touch\${IFS}${touch}\`/`,
      "rtsp://127.0.0.1/'\nfile",
      'rtsp://127.0.0.1/\u0000',
      'rtsp://127.0.0.1/\u202e4pm',
    ],
    `rtsp://127.0.0.1/${'a'.repeat(5000)}`,
  ];
}

function files(touch: string): unknown[] {
  return [
    ...[
      '../../../etc/passwd',
      '/etc/passwd',
      'a/../../rooms.json',
      './clip.mp4',
      '.hidden.mp4',
      'folder/.hidden.mp4',
    ],
    ...['folder', 'folder/', '', ' ', '-i', '..', '~', '\\..\\x', 'a\u0000.mp4', 'a\nb.mp4', 'a\r.mp4'],
    ...['file:/etc/passwd', 'concat:clip.mp4|/etc/passwd', 'subfile,,start,0,end,9,,:/etc/passwd', 'pipe:0'],
    ...[
      "clip.mp4'\nfile '/etc/passwd",
      `clip.mp4;touch ${touch}`,
      `$(touch ${touch}).mp4`,
      'https://127.0.0.1/a.mp4',
    ],
    ...[
      'link-to-file.mp4',
      'link-to-folder/passwd',
      'link-to-zero.mp4',
      'fifo.mp4',
      'link-to-fifo.mp4',
      'loop.mp4',
    ],
    ...[
      'list.m3u8',
      'list.mp4',
      'list.ffconcat',
      'picture-%03d.png',
      'pasted.sdp',
      '／etc／passwd',
      'clip.mp4\u202e',
    ],
    ...['x'.repeat(5000), 'x/'.repeat(400), Array.from({ length: 201 }, () => 'clip.mp4'), [], [[]], {}, 7],
    ['clip.mp4', '../../etc/passwd'],
  ];
}

/** Under which the network knows this machine. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.map(({ family, address }) => (family === 'IPv6' ? `[${address}]` : address));
}

const sdp = (media: string, connection = '127.0.0.1') =>
  `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 ${connection}\r\nt=0 0\r\n${media}`;
const h264 = (port: number | string) => `m=video ${port} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n`;

/** An SDP whose hostile parts a server may leave aside, as it listens on its own address. */
export function sdpWithBait(port: number): string {
  return sdp(`${h264(port)}a=control:file:///etc/passwd\r\n`, '169.254.169.254');
}

/**
 * Everything hostile that a request can name.
 *
 * @param touch a file that no command may make
 * @param media a media port of the server, for an SDP that claims it
 */
export function hostileSources(touch: string, media: number): object[] {
  const local = 'rtsp://127.0.0.1/';
  return [
    ...urls(touch).map((url) => camera(url)),
    ...ownAddresses().map((address) => camera(`rtsp://${address}:1/`)),
    ...files(touch).map((file) => film(file)),
    camera(local, { username: 'a\r\nX-Evil: 1', password: 'b' }),
    camera(local, { password: 'p'.repeat(300) }),
    camera(local, { transport: 'tcp -i /etc/passwd' }),
    camera(local, { timeoutSeconds: 1e9 }),
    camera(local, { stallSeconds: -1 }),
    camera(local, { args: ['-i', '/etc/passwd'] }),
    camera(local, { layers: ['180p', '180p'] }),
    camera(local, { layers: ['99999p'] }),
    camera(local, { video: { preset: 'veryslow -i /etc/passwd' } }),
    camera(local, { video: { hardware: '/dev/sda' } }),
    camera(local, { video: { height: 2 ** 31, bitrate: 1e18 } }),
    film('clip.mp4', { startSeconds: 1e300 }),
    film('clip.mp4', { startSeconds: '0 -i /etc/passwd' }),
    film('clip.mp4', { loop: 'yes' }),
    { type: 'srt', passphrase: 'short' },
    { type: 'srt', passphrase: 'abcdefghijk&mode=caller' },
    { type: 'srt', passphrase: "abcdefghijk' -i '/etc/passwd" },
    { type: 'srt', latencyMs: 1e9 },
    { type: 'rtmp', streamKey: '../../../etc/passwd' },
    { type: 'rtmp', streamKey: 'abcdefgh\r\nijk' },
    { type: 'rtmp', streamKey: 'x'.repeat(1000) },
    { type: 'device', videoDevice: '/dev/sda' },
    { type: 'device', videoDevice: '/dev/../etc/passwd' },
    { type: 'device', videoDevice: '/dev/video0;id' },
    { type: 'device', videoDevice: '/dev/video999' },
    { type: 'device', audioDevice: 'hw:0 -i /etc/passwd' },
    { type: 'device', audioDevice: 'pulse' },
    { type: 'device', audioDevice: 'file:/tmp/x,raw' },
    { type: 'device', videoDevice: '/dev/video0', width: 1e9 },
    { type: 'device' },
    { type: 'slate', image: '../../etc/passwd' },
    { type: 'slate', image: '/etc/passwd' },
    { type: 'slate', image: 'link-to-file.mp4' },
    { type: 'slate', text: "a\nb':textfile=/etc/passwd" },
    { type: 'slate', text: 'x'.repeat(201) },
    { type: 'test', width: 1e9 },
    { type: 'test', codec: 'H264 -i /etc/passwd' },
    { type: 'test', bitrate: '1;id' },
    { type: 'rtp', listen: '0.0.0.0' },
    pasted('this is no SDP at all'),
    pasted(sdp('')),
    pasted(sdp(h264(media))),
    pasted(sdp(h264(22))),
    pasted(sdp(h264(0))),
    pasted(sdp(h264('99999'))),
    pasted(sdp(h264('5004/65535'))),
    pasted(sdp(h264(5004).repeat(50))),
    pasted(sdp('m=video 5004 RTP/AVP 96\r\na=rtpmap:96 ../../etc/passwd/90000\r\n')),
    pasted(sdp('m=application 5004 UDP x\r\n')),
    pasted(`${sdp(h264(5004))}${'a=x:y\r\n'.repeat(5000)}`),
    { type: 'lavfi', url: 'movie=/etc/passwd' },
    { type: '__proto__' },
    { type: ['rtsp'], url: local },
    {},
  ];
}

/** Things in a library that are no films: links out of it, pipes, lists of other files. */
export async function makeHostileLibrary(server: TestServer): Promise<void> {
  const { library } = server;
  await mkdir(join(library, 'folder'), { recursive: true });
  const write = (name: string, text: string) => writeFile(join(library, name), text);
  await symlink('/etc/passwd', join(library, 'link-to-file.mp4'));
  await symlink('/etc', join(library, 'link-to-folder'));
  await symlink('/dev/zero', join(library, 'link-to-zero.mp4'));
  await symlink('loop.mp4', join(library, 'loop.mp4'));
  execFileSync('mkfifo', [join(library, 'fifo.mp4')]);
  await symlink('fifo.mp4', join(library, 'link-to-fifo.mp4'));
  const playlist = '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n';
  await write('list.m3u8', playlist);
  await write('list.mp4', playlist);
  await write('list.ffconcat', "ffconcat version 1.0\nfile '/etc/passwd'\n");
  await write('folder/.hidden.mp4', 'hidden');
  await write('.hidden.mp4', 'hidden');
  await write(
    'pasted.sdp',
    'v=0\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n',
  );
  await write('picture-001.png', 'no picture');
}
