import { type Static, Type } from 'typebox';

/* What the doctor finds in the input of a source, and what the server makes of it. */

const closed = { additionalProperties: false } as const;

/** A video stream as it comes in. */
export const InputVideo = Type.Object(
  {
    kind: Type.Literal('video'),
    /** FFmpeg's name, such as `h264`, `hevc`, `mjpeg`. */
    codec: Type.String({ maxLength: 64 }),
    profile: Type.Optional(Type.String({ maxLength: 64 })),
    /** Pixels. */
    width: Type.Integer({ minimum: 0 }),
    height: Type.Integer({ minimum: 0 }),
    /** FFmpeg's name, such as `yuv420p`. */
    pixelFormat: Type.Optional(Type.String({ maxLength: 64 })),
    /** Frames per second. */
    frameRate: Type.Optional(Type.Number({ minimum: 0 })),
    /** Whether frames refer to later ones. */
    bFrames: Type.Boolean(),
    /** Whether each frame is two fields, taken one after the other. */
    interlaced: Type.Optional(Type.Boolean()),
    /** Seconds between key frames, the longest seen. */
    keyFrameSeconds: Type.Optional(Type.Number({ minimum: 0 })),
    /** Bits per second, as measured. */
    bitrate: Type.Optional(Type.Number({ minimum: 0 })),
  },
  closed,
);
export type InputVideo = Static<typeof InputVideo>;

/** An audio stream as it comes in. */
export const InputAudio = Type.Object(
  {
    kind: Type.Literal('audio'),
    /** FFmpeg's name, such as `aac`, `opus`, `pcm_mulaw`. */
    codec: Type.String({ maxLength: 64 }),
    profile: Type.Optional(Type.String({ maxLength: 64 })),
    /** Hertz. */
    sampleRate: Type.Integer({ minimum: 0 }),
    channels: Type.Integer({ minimum: 0 }),
    /** Bits per second, as measured. */
    bitrate: Type.Optional(Type.Number({ minimum: 0 })),
  },
  closed,
);
export type InputAudio = Static<typeof InputAudio>;

/** Something worth knowing about an input. `code` is stable. */
export const Finding = Type.Object(
  {
    severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
    /** Such as `b-frames` or `long-key-frame-interval`. */
    code: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }),
    /** What it is and what it does to viewers. */
    message: Type.String({ maxLength: 500 }),
    /** How to mend it at its origin; empty where nothing needs to be. */
    cure: Type.String({ maxLength: 500 }),
  },
  closed,
);
export type Finding = Static<typeof Finding>;

/** What the server does with a stream: `copy` as it is, `transcode` encode it anew, `drop` leave it out. */
export const StreamAction = Type.Union([
  Type.Literal('copy'),
  Type.Literal('transcode'),
  Type.Literal('drop'),
]);
export type StreamAction = Static<typeof StreamAction>;

/** A picture that is sent to the room. */
export const PlannedPicture = Type.Object(
  {
    /** Pixels. */
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    /** Frames per second. */
    frameRate: Type.Number({ minimum: 0 }),
    /** Bits per second; absent where it is copied and not known. */
    bitrate: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
);
export type PlannedPicture = Static<typeof PlannedPicture>;

export const VideoPlan = Type.Object(
  {
    action: StreamAction,
    /** Why, in words. */
    reason: Type.String({ maxLength: 500 }),
    /** What viewers receive; absent when dropped. */
    codec: Type.Optional(Type.Union([Type.Literal('H264'), Type.Literal('VP8')])),
    /** FFmpeg's encoder of what is encoded, such as `libx264`, `h264_vaapi`. */
    encoder: Type.Optional(Type.String({ maxLength: 64 })),
    picture: Type.Optional(PlannedPicture),
    /** Lower simulcast layers, lowest first, all encoded. */
    layers: Type.Array(PlannedPicture, { maxItems: 2 }),
    /** Estimate of the processor cores that it takes, decoding included. */
    cores: Type.Number({ minimum: 0 }),
  },
  closed,
);
export type VideoPlan = Static<typeof VideoPlan>;

export const AudioPlan = Type.Object(
  {
    action: StreamAction,
    /** Why, in words. */
    reason: Type.String({ maxLength: 500 }),
    /** What viewers receive; absent when dropped. */
    codec: Type.Optional(Type.Union([Type.Literal('opus'), Type.Literal('PCMU'), Type.Literal('PCMA')])),
    /** Bits per second, where it is encoded. */
    bitrate: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Estimate of the processor cores that it takes. */
    cores: Type.Number({ minimum: 0 }),
  },
  closed,
);
export type AudioPlan = Static<typeof AudioPlan>;

/** What the doctor says of an input. */
export const SourceReport = Type.Object(
  {
    examinedAt: Type.String({ format: 'date-time' }),
    /** FFmpeg's name of the container or protocol, such as `rtsp`. */
    format: Type.String({ maxLength: 128 }),
    /** Seconds; files only. */
    duration: Type.Optional(Type.Number({ minimum: 0 })),
    streams: Type.Array(Type.Union([InputVideo, InputAudio]), { maxItems: 16 }),
    findings: Type.Array(Finding, { maxItems: 32 }),
    /** Absent where the input has none. */
    video: Type.Optional(VideoPlan),
    audio: Type.Optional(AudioPlan),
  },
  closed,
);
export type SourceReport = Static<typeof SourceReport>;
