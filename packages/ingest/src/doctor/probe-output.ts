import { compileCheck } from '@spillway/protocol';
import { type Static, Type } from 'typebox';

/* What ffprobe writes. Other versions write more than is asked for. */

const text = Type.Optional(Type.String({ maxLength: 256 }));
const integer = Type.Optional(Type.Integer());

const ProbePacket = Type.Object({
  stream_index: Type.Integer(),
  pts_time: text,
  dts_time: text,
  duration_time: text,
  size: text,
  flags: text,
});
export type ProbePacket = Static<typeof ProbePacket>;

const ProbeStream = Type.Object({
  index: Type.Integer(),
  codec_type: text,
  codec_name: text,
  profile: text,
  width: integer,
  height: integer,
  pix_fmt: text,
  field_order: text,
  has_b_frames: integer,
  avg_frame_rate: text,
  r_frame_rate: text,
  sample_aspect_ratio: text,
  sample_rate: text,
  channels: integer,
  bit_rate: text,
  disposition: Type.Optional(Type.Object({ attached_pic: integer })),
  side_data_list: Type.Optional(Type.Array(Type.Object({ rotation: Type.Optional(Type.Number()) }))),
});
export type ProbeStream = Static<typeof ProbeStream>;

const ProbeOutput = Type.Object({
  packets: Type.Optional(Type.Array(ProbePacket)),
  streams: Type.Optional(Type.Array(ProbeStream)),
  format: Type.Optional(Type.Object({ format_name: text, duration: text })),
});
export type ProbeOutput = Static<typeof ProbeOutput>;

const checkProbeOutput = compileCheck(ProbeOutput);

/** What ffprobe has to show, for `-show_entries`. */
export const PROBE_ENTRIES = [
  'packet=stream_index,pts_time,dts_time,duration_time,size,flags',
  `stream=${Object.keys(ProbeStream.properties)
    .filter((key) => key !== 'disposition' && key !== 'side_data_list')
    .join(',')}`,
  'stream_disposition=attached_pic',
  'stream_side_data=rotation',
  'format=format_name,duration',
].join(':');

/** Reads ffprobe's JSON; undefined when it is not what ffprobe writes. */
export function parseProbeOutput(json: string): ProbeOutput | undefined {
  try {
    const checked = checkProbeOutput(JSON.parse(json));
    return checked.ok ? checked.value : undefined;
  } catch {
    return undefined;
  }
}
