import { expect, test } from 'vitest';
import { LineTail } from './line-tail.ts';

test('joins pieces to lines and tells each once', () => {
  const told: string[] = [];
  const tail = new LineTail((line) => told.push(line));
  tail.push('one\ntw');
  tail.push('o\r\n\n');
  tail.push('three');
  expect(tail.lines).toEqual(['one', 'two']);
  tail.end();
  tail.end();
  expect(tail.lines).toEqual(['one', 'two', 'three']);
  expect(told).toEqual(['one', 'two', 'three']);
});

test('drops what a carriage return overwrites', () => {
  const tail = new LineTail();
  tail.push('frame=1 \r');
  tail.push('frame=2 \rfra');
  tail.push('me=3 \rdone\n');
  expect(tail.lines).toEqual(['done']);
});

test('keeps the last 50 lines and the first 500 characters of each', () => {
  const tail = new LineTail();
  for (let line = 0; line < 200; line += 1) tail.push(`${line}\n`);
  expect(tail.lines).toHaveLength(50);
  expect(tail.lines[0]).toBe('150');
  for (let piece = 0; piece < 100; piece += 1) tail.push('x'.repeat(1000));
  tail.push('\n');
  expect(tail.lines.at(-1)).toBe('x'.repeat(500));
});
