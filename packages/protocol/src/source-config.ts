import { type Static, type TProperties, Type } from 'typebox';
import { LayerName, VideoSettings } from './media-settings.ts';

/* How a room's source is set, by file or API. */

const closed = { additionalProperties: false } as const;

const seconds = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Number({ minimum, maximum, description }));

/** A path below the video library: no parent folders, no hidden names, no leading slash. */
export const LibraryPath = Type.String({
  pattern: '^(?![./])(?!.*/[./])[^\\u0000-\\u001f\\u007f\\\\]{1,1024}$',
  expected: 'a path below the video library, such as talks/opening.mp4',
  description: 'Path below the video library, such as talks/opening.mp4.',
});
export type LibraryPath = Static<typeof LibraryPath>;

/** Keys of every source whose media FFmpeg reads. */
const readByFfmpeg = {
  audio: Type.Optional(Type.Boolean({ description: 'Whether its sound is taken too. Default true.' })),
  video: Type.Optional(VideoSettings),
  layers: Type.Optional(
    Type.Array(LayerName, {
      minItems: 1,
      maxItems: 2,
      uniqueItems: true,
      description:
        'Lower simulcast layers to encode beside the picture, as in [180p, 540p], so that viewers on poor networks get a picture. Those not lower than the picture are left out.',
    }),
  ),
  stallSeconds: seconds(1, 60, 'Seconds without a frame after which it is started again. Default 4.'),
};

const test = {
  type: Type.Literal('test'),
  width: Type.Optional(
    Type.Integer({
      minimum: 160,
      maximum: 3840,
      multipleOf: 2,
      description: 'Width of the picture in pixels, even. Default 1280.',
    }),
  ),
  height: Type.Optional(
    Type.Integer({
      minimum: 90,
      maximum: 2160,
      multipleOf: 2,
      description: 'Height of the picture in pixels, even. Default 720.',
    }),
  ),
  frameRate: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 60, description: 'Frames per second. Default 30.' }),
  ),
  bitrate: Type.Optional(
    Type.Integer({
      minimum: 50_000,
      maximum: 50_000_000,
      description: 'Bits per second of the video. Default 1500000.',
    }),
  ),
  codec: Type.Optional(
    Type.Union([Type.Literal('H264'), Type.Literal('VP8')], { description: 'Video codec. Default H264.' }),
  ),
};

const slate = {
  type: Type.Literal('slate'),
  text: Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      expected: 'one line of text',
      description: 'What it says. Default "We will be right back".',
    }),
  ),
  image: Type.Optional({
    ...LibraryPath,
    description: 'A PNG or JPEG of the video library to show instead.',
  }),
};

const rtp = {
  type: Type.Literal('rtp'),
  audio: Type.Optional(
    Type.Boolean({ description: 'Whether the encoder sends audio (Opus) too. Default true.' }),
  ),
  listen: Type.Optional(
    Type.Union([Type.Literal('loopback'), Type.Literal('network')], {
      description:
        'Who may push: programs of this machine (loopback, default) or of the network. RTP carries no credential.',
    }),
  ),
  stallSeconds: seconds(1, 60, 'Seconds without a packet after which the encoder counts as gone. Default 2.'),
  sdp: Type.Optional(
    Type.String({
      minLength: 10,
      maxLength: 16_384,
      description:
        "The encoder's SDP (RFC 8866), for what the printed commands do not send: it names the ports of this server that the encoder pushes to, and its codecs, which may be any that FFmpeg reads.",
    }),
  ),
  video: Type.Optional({
    ...VideoSettings,
    description: 'With sdp: what becomes of the video where it is encoded anew.',
  }),
};

const rtsp = {
  type: Type.Literal('rtsp'),
  url: Type.String({
    minLength: 8,
    maxLength: 2048,
    pattern: '^rtsps?://[\\x21-\\x7e]+$',
    expected: 'a URL such as rtsp://192.168.1.20:554/stream1',
    secret: true,
    description: 'URL of the camera, rtsp:// or rtsps://. User name and password may stand in it.',
  }),
  username: Type.Optional(
    Type.String({ maxLength: 256, description: 'User name, where it is not in the URL.' }),
  ),
  password: Type.Optional(
    Type.String({ maxLength: 256, secret: true, description: 'Password, where it is not in the URL.' }),
  ),
  transport: Type.Optional(
    Type.Union([Type.Literal('tcp'), Type.Literal('udp')], {
      description: 'How the camera sends: tcp (default; no loss) or udp.',
    }),
  ),
  timeoutSeconds: seconds(1, 60, 'Seconds that the camera may take to answer. Default 10.'),
  ...readByFfmpeg,
};

const file = {
  type: Type.Literal('file'),
  file: Type.Union([LibraryPath, Type.Array(LibraryPath, { minItems: 1, maxItems: 200 })], {
    description: 'A file of the video library, or a list of files, played one after the other.',
  }),
  loop: Type.Optional(
    Type.Boolean({ description: 'Whether it begins again at the end. Default true; false plays it once.' }),
  ),
  startSeconds: seconds(0, 604_800, 'Where the first run begins, in seconds from the start. Default 0.'),
  ...readByFfmpeg,
};

const srt = {
  type: Type.Literal('srt'),
  port: Type.Optional(
    Type.Integer({
      minimum: 1024,
      maximum: 65_535,
      description:
        'UDP port to listen on, outside sources.rtpPorts. Default: one of sources.rtpPorts, always the same one.',
    }),
  ),
  passphrase: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_.~-]{10,79}$',
      expected: '10 to 79 of A-Z, a-z, 0-9, _, ., ~ and -',
      secret: true,
      description:
        'The key that encoders need (SRT passphrase), 10 to 79 characters. Default: one is made and shown to the operator.',
    }),
  ),
  latencyMs: Type.Optional(
    Type.Integer({
      minimum: 20,
      maximum: 8000,
      description: 'Time for retransmissions in milliseconds, part of the delay. Default 120.',
    }),
  ),
  ...readByFfmpeg,
};

const rtmp = {
  type: Type.Literal('rtmp'),
  streamKey: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{8,128}$',
      expected: '8 to 128 of A-Z, a-z, 0-9, _ and -',
      secret: true,
      description: 'The stream key that encoders need. Default: one is made and shown to the operator.',
    }),
  ),
  ...readByFfmpeg,
};

const device = {
  type: Type.Literal('device'),
  videoDevice: Type.Optional(
    Type.String({
      pattern: '^/dev/video[0-9]{1,3}$',
      expected: 'a device such as /dev/video0',
      description: 'Camera or capture card (V4L2), as GET /api/v1/devices lists them.',
    }),
  ),
  audioDevice: Type.Optional(
    Type.String({
      pattern: '^(hw|plughw):[A-Za-z0-9_]{1,32}(,[0-9]{1,3})?$',
      expected: 'a device such as hw:1,0',
      description: 'Microphone or line input (ALSA), as GET /api/v1/devices lists them.',
    }),
  ),
  width: Type.Optional(
    Type.Integer({
      minimum: 16,
      maximum: 7680,
      description: 'Width to ask of it, in pixels. Default: its own.',
    }),
  ),
  height: Type.Optional(
    Type.Integer({
      minimum: 16,
      maximum: 4320,
      description: 'Height to ask of it, in pixels. Default: its own.',
    }),
  ),
  frameRate: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 240,
      description: 'Frames per second to ask of it. Default: its own.',
    }),
  ),
  ...readByFfmpeg,
};

const about = {
  test: 'A moving test pattern with a burnt-in clock and a tone.',
  slate: 'A still picture, for the time when nothing else is there.',
  rtp: 'Plain RTP that an encoder pushes.',
  rtsp: 'A camera or another RTSP server.',
  file: 'Files of the video library.',
  srt: 'A listener for encoders that push by SRT.',
  rtmp: 'A listener for encoders that push by RTMP, such as OBS.',
  device: 'A camera, capture card or microphone of the server.',
};

const one = <P extends TProperties>(properties: P, description: string) =>
  Type.Object(properties, { ...closed, description });

export const TestSourceConfig = one(test, about.test);
export type TestSourceConfig = Static<typeof TestSourceConfig>;
export const SlateSourceConfig = one(slate, about.slate);
export type SlateSourceConfig = Static<typeof SlateSourceConfig>;
export const RtpSourceConfig = one(rtp, about.rtp);
export type RtpSourceConfig = Static<typeof RtpSourceConfig>;
export const RtspSourceConfig = one(rtsp, about.rtsp);
export type RtspSourceConfig = Static<typeof RtspSourceConfig>;
export const FileSourceConfig = one(file, about.file);
export type FileSourceConfig = Static<typeof FileSourceConfig>;
export const SrtSourceConfig = one(srt, about.srt);
export type SrtSourceConfig = Static<typeof SrtSourceConfig>;
export const RtmpSourceConfig = one(rtmp, about.rtmp);
export type RtmpSourceConfig = Static<typeof RtmpSourceConfig>;
export const DeviceSourceConfig = one(device, about.device);
export type DeviceSourceConfig = Static<typeof DeviceSourceConfig>;

/** One source: an input that the server runs or listens for. */
export const SourceConfig = Type.Union([
  TestSourceConfig,
  SlateSourceConfig,
  RtpSourceConfig,
  RtspSourceConfig,
  FileSourceConfig,
  SrtSourceConfig,
  RtmpSourceConfig,
  DeviceSourceConfig,
]);
export type SourceConfig = Static<typeof SourceConfig>;

/** Keys that a room's first source has beside its own. */
const ofRoom = {
  failoverSeconds: seconds(
    0,
    3600,
    'Seconds that a source may be down until the next of the backups takes over. Default 5.',
  ),
  backups: Type.Optional(
    Type.Array(SourceConfig, {
      maxItems: 8,
      description: 'Sources that take over, in this order, while those before them are down.',
    }),
  ),
};

/** Further keys of one that the server fetches. A listener must be there before its encoder comes. */
const fetched = {
  ...ofRoom,
  onDemand: Type.Optional(
    Type.Boolean({ description: 'Whether it runs only while somebody watches. Default false.' }),
  ),
  stopAfterSeconds: seconds(0, 3600, 'On demand: seconds after the last viewer until it stops. Default 10.'),
};

/** A room's source with its backups: what `PUT /api/v1/rooms/:room/source` takes. */
export const RoomSourceConfig = Type.Union([
  one({ ...test, ...fetched }, about.test),
  one({ ...slate, ...fetched }, about.slate),
  one({ ...rtp, ...ofRoom }, about.rtp),
  one({ ...rtsp, ...fetched }, about.rtsp),
  one({ ...file, ...fetched }, about.file),
  one({ ...srt, ...ofRoom }, about.srt),
  one({ ...rtmp, ...ofRoom }, about.rtmp),
  one({ ...device, ...fetched }, about.device),
]);
export type RoomSourceConfig = Static<typeof RoomSourceConfig>;
