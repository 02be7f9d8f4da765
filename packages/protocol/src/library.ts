import { type Static, Type } from 'typebox';
import { LibraryPath } from './source-config.ts';

/* What sources can be made of: the video library and the devices of the server. */

const closed = { additionalProperties: false } as const;

/** A file of the video library. */
export const LibraryFile = Type.Object(
  {
    path: LibraryPath,
    /** Bytes. */
    size: Type.Integer({ minimum: 0 }),
    modifiedAt: Type.String({ format: 'date-time' }),
    /** Seconds. */
    duration: Type.Optional(Type.Number({ minimum: 0 })),
    /** FFmpeg's names, such as `h264` and `aac`. */
    videoCodec: Type.Optional(Type.String()),
    audioCodec: Type.Optional(Type.String()),
    /** Pixels. */
    width: Type.Optional(Type.Integer({ minimum: 0 })),
    height: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Why it cannot be played; absent when it can. */
    problem: Type.Optional(Type.String()),
  },
  closed,
);
export type LibraryFile = Static<typeof LibraryFile>;

/** `GET /api/v1/library`, sorted by path. */
export const Library = Type.Object(
  {
    files: Type.Array(LibraryFile),
    /** Whether there are more files than are listed. */
    truncated: Type.Boolean(),
  },
  closed,
);
export type Library = Static<typeof Library>;

/** A camera, capture card or microphone of the server. */
export const Device = Type.Object(
  {
    kind: Type.Union([Type.Literal('video'), Type.Literal('audio')]),
    /** What a source of type `device` takes, such as `/dev/video0` or `hw:1,0`. */
    id: Type.String(),
    /** Its name, for people. */
    name: Type.String(),
  },
  closed,
);
export type Device = Static<typeof Device>;

/** `GET /api/v1/devices`. */
export const Devices = Type.Object({ devices: Type.Array(Device) }, closed);
