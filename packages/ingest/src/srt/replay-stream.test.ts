import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../test-support/wait-for.ts';
import { ReplayStream } from './replay-stream.ts';

const bytes = (text: string) => Buffer.from(text);

describe('a live stream that readers join', () => {
  test('begins each reader at the newest start, in order and without loss', async () => {
    const stream = new ReplayStream();
    stream.push(bytes('lost'), false);
    stream.push(bytes('A'), true);
    stream.push(bytes('a'), false);
    const first = buffer(stream.read());
    stream.push(bytes('B'), true);
    stream.push(bytes('b'), false);
    // The first ends, because the second has come.
    const second = buffer(stream.read());
    expect((await first).toString()).toBe('AaBb');
    stream.push(bytes('c'), false);
    stream.end();
    stream.push(bytes('late'), true);
    expect((await second).toString()).toBe('Bbc');
    expect((await buffer(stream.read())).toString()).toBe('Bbc');
  });

  test('gives a sample that stays in the stream', async () => {
    const stream = new ReplayStream();
    const reader = stream.read();
    const sample = stream.sample({ bytes: 3, ms: 60_000 });
    stream.push(bytes('-'), false);
    stream.push(bytes('A'), true);
    stream.push(bytes('bc'), false);
    stream.push(bytes('d'), false);
    expect((await sample).toString()).toBe('Abc');
    expect((await stream.sample({ bytes: 100, ms: 10 })).toString()).toBe('Abcd');
    const rest = stream.sample({ ms: 60_000 });
    stream.end();
    expect((await rest).toString()).toBe('Abcd');
    expect((await buffer(reader)).toString()).toBe('Abcd');
  });

  test('leads a slow reader to the next start instead of growing', async () => {
    const stream = new ReplayStream({ limit: 300_000 });
    const reader = stream.read();
    for (let number = 0; number < 200; number += 1) {
      stream.push(Buffer.alloc(10_000, number), number % 20 === 0);
    }
    stream.end();
    const read = await buffer(reader);
    expect(read.length).toBeLessThan(400_000);
    expect(read.length % 10_000).toBe(0);
    expect(read.at(-1)).toBe(199);
    // After a gap the first piece is a start.
    const numbers = Array.from({ length: read.length / 10_000 }, (_, index) => read[index * 10_000] ?? 0);
    const afterGap = numbers.filter((number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1);
    expect(afterGap.every((number) => number % 20 === 0)).toBe(true);
  });

  test('keeps nothing of a group that is too large, and goes on with the next', async () => {
    const stream = new ReplayStream({ limit: 1000 });
    stream.push(Buffer.alloc(600, 'A'), true);
    stream.push(Buffer.alloc(600, 'a'), false);
    const reader = stream.read();
    stream.push(bytes('x'), false);
    stream.push(bytes('B'), true);
    stream.end();
    expect((await buffer(reader)).toString()).toBe('B');
  });

  test('forgets what a reader that does not read has lagged behind', async () => {
    const stream = new ReplayStream({ maxLagMs: 20 });
    const reader = stream.read();
    stream.push(bytes('A'), true);
    stream.push(bytes('a'), false);
    await sleep(40);
    stream.push(bytes('B'), true);
    stream.push(bytes('b'), false);
    let read = '';
    reader.setEncoding('utf8').on('data', (text: string) => {
      read += text;
    });
    await waitFor('what is new', () => read.endsWith('b'));
    expect(read).toBe('Bb');
    reader.destroy();
    stream.push(bytes('c'), true);
  });
});
