import { RtmpError } from './rtmp-error.ts';

/** A value of AMF0. Objects are maps: their keys come from strangers. */
export type AmfValue = number | boolean | string | null | undefined | AmfObject | readonly AmfValue[];
export type AmfObject = ReadonlyMap<string, AmfValue>;

const MAX_DEPTH = 16;
/** Values of one message, those inside objects and arrays included. */
const MAX_VALUES = 2000;

const Marker = {
  number: 0,
  boolean: 1,
  string: 2,
  object: 3,
  null: 5,
  undefined: 6,
  ecmaArray: 8,
  objectEnd: 9,
  strictArray: 10,
  date: 11,
  longString: 12,
  unsupported: 13,
  xml: 15,
  typedObject: 16,
} as const;

/**
 * Decodes all values of a message, in order (Action Message Format AMF 0, section 2). Dates become milliseconds.
 *
 * @throws {RtmpError} when it is cut off, nested deeper than 16, has more than 2000 values, or types that no encoder sends
 */
export function decodeAmf0(bytes: Buffer): AmfValue[] {
  const reader = new AmfReader(bytes);
  const values: AmfValue[] = [];
  while (!reader.done) values.push(reader.value(0));
  return values;
}

/** Encodes values, one after the other. */
export function encodeAmf0(values: readonly AmfValue[]): Buffer {
  return Buffer.concat(values.map(encodeValue));
}

class AmfReader {
  readonly #bytes: Buffer;
  #at = 0;
  #count = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): AmfValue {
    this.#count += 1;
    if (this.#count > MAX_VALUES) throw new RtmpError(`a message has more than ${MAX_VALUES} values`);
    if (depth > MAX_DEPTH) throw new RtmpError(`a message is nested deeper than ${MAX_DEPTH}`);
    const marker = this.#take(1).readUInt8();
    switch (marker) {
      case Marker.number:
        return this.#take(8).readDoubleBE();
      case Marker.boolean:
        return this.#take(1).readUInt8() !== 0;
      case Marker.string:
        return this.#string();
      case Marker.object:
        return this.#object(depth);
      case Marker.typedObject:
        this.#string();
        return this.#object(depth);
      case Marker.ecmaArray:
        // Its count is a hint only: encoders write 0.
        this.#take(4);
        return this.#object(depth);
      case Marker.strictArray:
        return this.#array(depth);
      case Marker.null:
        return null;
      case Marker.undefined:
      case Marker.unsupported:
        return undefined;
      case Marker.date:
        return this.#take(10).readDoubleBE();
      case Marker.longString:
      case Marker.xml:
        return this.#take(this.#take(4).readUInt32BE()).toString('utf8');
      default:
        throw new RtmpError(`a message has a value of type ${marker}, which is not taken`);
    }
  }

  #take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new RtmpError('a message is cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #string(): string {
    return this.#take(this.#take(2).readUInt16BE()).toString('utf8');
  }

  #object(depth: number): AmfObject {
    const object = new Map<string, AmfValue>();
    for (;;) {
      const key = this.#string();
      if (key === '' && this.#bytes[this.#at] === Marker.objectEnd) {
        this.#at += 1;
        return object;
      }
      object.set(key, this.value(depth + 1));
    }
  }

  #array(depth: number): AmfValue[] {
    const length = this.#take(4).readUInt32BE();
    const array: AmfValue[] = [];
    for (let index = 0; index < length; index += 1) array.push(this.value(depth + 1));
    return array;
  }
}

function encodeValue(value: AmfValue): Buffer {
  if (value === null) return Buffer.from([Marker.null]);
  switch (typeof value) {
    case 'undefined':
      return Buffer.from([Marker.undefined]);
    case 'boolean':
      return Buffer.from([Marker.boolean, value ? 1 : 0]);
    case 'number': {
      const bytes = Buffer.alloc(9, Marker.number);
      bytes.writeDoubleBE(value, 1);
      return bytes;
    }
    case 'string':
      return encodeString(value);
    default:
      return isObject(value) ? encodeObject(value) : encodeArray(value);
  }
}

function isObject(value: AmfObject | readonly AmfValue[]): value is AmfObject {
  return value instanceof Map;
}

function encodeString(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length <= 0xffff) return Buffer.concat([Buffer.from([Marker.string]), shortString(bytes)]);
  const head = Buffer.alloc(5, Marker.longString);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function shortString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** @throws {RangeError} when a key has more than 65535 bytes */
function encodeObject(object: AmfObject): Buffer {
  const parts = [...object].flatMap(([key, value]) => [
    shortString(Buffer.from(key, 'utf8')),
    encodeValue(value),
  ]);
  return Buffer.concat([Buffer.from([Marker.object]), ...parts, Buffer.from([0, 0, Marker.objectEnd])]);
}

function encodeArray(array: readonly AmfValue[]): Buffer {
  const head = Buffer.alloc(5, Marker.strictArray);
  head.writeUInt32BE(array.length, 1);
  return Buffer.concat([head, ...array.map(encodeValue)]);
}
