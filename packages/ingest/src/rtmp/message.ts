import type { AmfValue } from './amf0.ts';
import { encodeAmf0 } from './amf0.ts';

/** Message types (RTMP 1.0, sections 5.4 and 7.1). */
export const MessageType = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  data: 18,
  command: 20,
  aggregate: 22,
} as const;

/** Events of user-control messages (RTMP 1.0, section 7.1.7). */
export const UserControl = { streamBegin: 0, pingRequest: 6, pingResponse: 7 } as const;

/** One RTMP message. */
export interface RtmpMessage {
  /** One of `MessageType`. */
  readonly type: number;
  /** Message stream: 0 for control and the connection, else what `createStream` returned. */
  readonly streamId: number;
  /** Milliseconds, modulo 2^32. */
  readonly timestamp: number;
  readonly payload: Buffer;
}

const now = { streamId: 0, timestamp: 0 } as const;

/** A protocol control message that holds one number. */
export function controlMessage(type: number, value: number): RtmpMessage {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return { ...now, type, payload };
}

/** Asks the peer to acknowledge after so many bytes; the limit is dynamic. */
export function peerBandwidthMessage(bytes: number): RtmpMessage {
  const payload = Buffer.alloc(5, 2);
  payload.writeUInt32BE(bytes);
  return { ...now, type: MessageType.setPeerBandwidth, payload };
}

export function userControlMessage(event: number, value: number): RtmpMessage {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(event);
  payload.writeUInt32BE(value, 2);
  return { ...now, type: MessageType.userControl, payload };
}

export function commandMessage(streamId: number, ...values: readonly AmfValue[]): RtmpMessage {
  return { type: MessageType.command, streamId, timestamp: 0, payload: encodeAmf0(values) };
}
