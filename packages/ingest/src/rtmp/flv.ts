import { type AmfValue, encodeAmf0 } from './amf0.ts';

/* FLV byte stream (Adobe Flash Video File Format 10.1, annex E). */

export const TagType = { audio: 8, video: 9, script: 18 } as const;

/** What the header of an FLV says is in it. Players wait for what it announces. */
export interface FlvKinds {
  readonly audio: boolean;
  readonly video: boolean;
}

/** The first bytes of an FLV. */
export function flvHeader({ audio, video }: FlvKinds): Buffer {
  return Buffer.from([0x46, 0x4c, 0x56, 1, (audio ? 4 : 0) | (video ? 1 : 0), 0, 0, 0, 9, 0, 0, 0, 0]);
}

/** A tag with the size that follows it. `type` is one of `TagType`; `timestamp` in milliseconds, modulo 2^32. */
export function flvTag(type: number, timestamp: number, payload: Buffer): Buffer {
  const tag = Buffer.alloc(11 + payload.length + 4);
  tag.writeUInt8(type);
  tag.writeUIntBE(payload.length, 1, 3);
  tag.writeUIntBE(timestamp % 2 ** 24, 4, 3);
  tag.writeUInt8(timestamp >>> 24, 7);
  payload.copy(tag, 11);
  tag.writeUInt32BE(11 + payload.length, 11 + payload.length);
  return tag;
}

/**
 * The payload of a script tag with an encoder's metadata. Only plain values are kept: what is nested there (tables of key
 * frames) belongs to files.
 */
export function metadataPayload(metadata: ReadonlyMap<string, AmfValue>): Buffer {
  const plain = [...metadata].filter(([, value]) => ['number', 'boolean', 'string'].includes(typeof value));
  return encodeAmf0(['onMetaData', new Map(plain)]);
}
