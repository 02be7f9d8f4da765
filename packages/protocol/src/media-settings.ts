import { type Static, Type } from 'typebox';

/* What becomes of a source's media where it is encoded. */

/** Heights of the lower simulcast layers that can be asked for. */
export const LayerName = Type.Union([
  Type.Literal('180p'),
  Type.Literal('270p'),
  Type.Literal('360p'),
  Type.Literal('540p'),
  Type.Literal('720p'),
]);
export type LayerName = Static<typeof LayerName>;

/** What becomes of the video where it cannot be, or shall not be, copied. */
export const VideoSettings = Type.Object(
  {
    transcode: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('always'), Type.Literal('never')], {
        description:
          'Whether to encode the video anew: "auto" (default) where browsers could not play it, "always", or "never", which leaves out what they cannot play.',
      }),
    ),
    height: Type.Optional(
      Type.Integer({
        minimum: 90,
        maximum: 2160,
        multipleOf: 2,
        description:
          'Largest height of an encoded picture in pixels, even. Default 1080. A lower picture stays.',
      }),
    ),
    frameRate: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 60,
        description: 'Most frames per second of an encoded picture. Default 30.',
      }),
    ),
    bitrate: Type.Optional(
      Type.Integer({
        minimum: 50_000,
        maximum: 50_000_000,
        description:
          'Bits per second of an encoded picture. Default: by its size, 2500000 for 1280x720 at 30.',
      }),
    ),
    keyFrameSeconds: Type.Optional(
      Type.Number({
        minimum: 0.25,
        maximum: 10,
        description:
          'Seconds between key frames of an encoded picture, the longest wait of a viewer who joins. Default 1.',
      }),
    ),
    preset: Type.Optional(
      Type.Union(
        [
          Type.Literal('ultrafast'),
          Type.Literal('superfast'),
          Type.Literal('veryfast'),
          Type.Literal('faster'),
          Type.Literal('fast'),
          Type.Literal('medium'),
        ],
        {
          description:
            'Preset of the x264 encoder: slower ones look better and cost more. Default superfast.',
        },
      ),
    ),
    hardware: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('off'), Type.Literal('vaapi'), Type.Literal('nvenc')], {
        description:
          'Hardware encoder: "auto" (default) is the one that works here, if any; a named one falls back to software.',
      }),
    ),
  },
  { additionalProperties: false, description: 'What becomes of the video where it is encoded anew.' },
);
export type VideoSettings = Static<typeof VideoSettings>;
