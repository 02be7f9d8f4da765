import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AmfValue, decodeAmf0, encodeAmf0 } from './amf0.ts';
import { RtmpError } from './rtmp-error.ts';

const { value } = fc.letrec<{ value: AmfValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.string({ minLength: 1, unit: 'binary' }), tie('value')), { maxLength: 4 })
      .map((entries) => new Map(entries)),
  ),
}));

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (values) => {
      expect(decodeAmf0(encodeAmf0(values))).toEqual(values);
    }),
  );
});

test('any bytes give values or an RtmpError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeAmf0(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RtmpError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('long strings', () => {
  const text = 'x'.repeat(70_000);
  expect(decodeAmf0(encodeAmf0([text]))).toEqual([text]);
});

test('depth and counts are bounded, whatever is announced', () => {
  const deep = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.from([10, 0, 0, 0, 1])));
  expect(() => decodeAmf0(deep)).toThrow('nested deeper than 16');
  const keys = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.from([3, 0, 1, 0x61])));
  expect(() => decodeAmf0(keys)).toThrow('nested deeper than 16');
  const wide = Buffer.concat([Buffer.from([10, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(60_000, 5)]);
  expect(() => decodeAmf0(wide)).toThrow('more than 2000 values');
  expect(() => decodeAmf0(Buffer.from([12, 0xff, 0xff, 0xff, 0xff, 1]))).toThrow('cut off');
});
