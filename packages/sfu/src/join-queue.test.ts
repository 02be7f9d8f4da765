import { SpillwayError } from '@spillway/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { JoinQueue, type JoinWish } from './join-queue.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A queue with those who are let in and those who are not, in order. */
function open(perSecond: number, maxWaitSeconds = 5) {
  const rate = { perSecond };
  const queue = new JoinQueue({ ratePerSecond: () => rate.perSecond, maxWaitSeconds });
  const admitted: number[] = [];
  const failed = new Map<number, SpillwayError>();
  const enter = (id: number, wish: JoinWish = {}) =>
    queue.enter(wish).then(
      () => void admitted.push(id),
      (error: unknown) => {
        if (error instanceof SpillwayError) failed.set(id, error);
      },
    );
  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
  return { queue, rate, admitted, failed, enter, pass };
}

const upTo = (count: number) => Array.from({ length: count }, (_, id) => id);

it('lets in at once what the rate carries, the others in their order', async () => {
  const { queue, admitted, enter, pass } = open(100);
  for (const id of upTo(100)) void enter(id);
  await pass(0);
  expect(admitted).toEqual(upTo(11));
  expect(queue.waiting).toBe(89);
  await pass(0.5);
  expect(admitted.length).toBeGreaterThanOrEqual(58);
  expect(admitted.length).toBeLessThanOrEqual(61);
  await pass(0.5);
  expect(admitted).toEqual(upTo(100));
});

it('has a timer only while somebody waits', async () => {
  const { enter, pass, queue } = open(10);
  await enter(0);
  expect(vi.getTimerCount()).toBe(0);
  for (const id of upTo(50)) void enter(id);
  expect(vi.getTimerCount()).toBe(1);
  await pass(10);
  expect(vi.getTimerCount()).toBe(0);
  const giveUp = new AbortController();
  for (const id of upTo(20)) void enter(id, { signal: giveUp.signal });
  giveUp.abort();
  expect(vi.getTimerCount()).toBe(0);
  expect(queue.waiting).toBe(0);
});

it('follows the rate', async () => {
  const { rate, admitted, enter, pass } = open(1);
  for (const id of upTo(100)) void enter(id);
  await pass(10);
  expect(admitted.length).toBe(11);
  rate.perSecond = 50;
  await pass(1);
  expect(admitted.length).toBeGreaterThanOrEqual(60);
  expect(admitted.length).toBeLessThanOrEqual(66);
});

it('lets clients take turns', async () => {
  const { admitted, enter, pass } = open(10);
  for (const id of upTo(1000)) void enter(id, { client: 'crowd' });
  void enter(1000, { client: 'other' });
  await pass(0.5);
  expect(admitted).toContain(1000);
});

it('tells places in order, once a second, and only those who wait for longer', async () => {
  const { enter, pass } = open(10);
  const told = new Map<number, number[]>();
  for (const id of upTo(31)) {
    told.set(id, []);
    void enter(id, { onPlace: (place) => told.get(id)?.push(place) });
  }
  await pass(0.9);
  expect([...told.values()].flat()).toEqual([]);
  await pass(0.3);
  expect([...told.values()].flat()).toEqual(upTo(19).map((index) => index + 1));
  await pass(5);
  expect(told.get(0)).toEqual([]);
  expect(told.get(30)).toHaveLength(2);
  for (const places of told.values()) expect(places).toEqual(places.toSorted((a, b) => b - a));
});

it('sends away who would wait for too long, and asks them back one after the other', async () => {
  const { queue, admitted, failed, enter, pass } = open(10, 5);
  const refused = vi.fn();
  queue.on('refused', refused);
  for (const id of upTo(200)) void enter(id, { bounded: true });
  await pass(0);
  expect(queue.waiting).toBe(50);
  expect(failed.size).toBe(148);
  expect(refused).toHaveBeenCalledTimes(148);
  expect(failed.get(52)).toMatchObject({ code: 'unavailable', retryAfter: 6 });
  expect(failed.get(52)?.message).toBe('many are joining; come back in 6 s');
  expect(failed.get(199)?.retryAfter).toBe(20);
  await pass(5.1);
  expect(admitted).toEqual(upTo(52));
});

it('lets those wait who cannot be sent away', async () => {
  const { admitted, failed, enter, pass } = open(10, 1);
  for (const id of upTo(100)) void enter(id);
  await pass(10);
  expect(failed.size).toBe(0);
  expect(admitted).toEqual(upTo(100));
});

it('sends away who has waited for too long, as joins have become slower', async () => {
  const { rate, queue, failed, enter, pass } = open(100, 5);
  for (const id of upTo(300)) void enter(id, { bounded: true });
  await pass(0.5);
  rate.perSecond = 1;
  await pass(7);
  expect(queue.waiting).toBe(0);
  expect(failed.size).toBeGreaterThan(200);
  for (const { retryAfter } of failed.values()) expect(retryAfter).toBeGreaterThan(0);
});

it('ends with those who wait, and lets nobody in after that', async () => {
  const { queue, failed, enter, pass } = open(10);
  for (const id of upTo(20)) void enter(id);
  queue.close();
  queue.close();
  await pass(0);
  expect(failed.size).toBe(18);
  expect(vi.getTimerCount()).toBe(0);
  await enter(20);
  expect(failed.get(20)).toMatchObject({ code: 'unavailable', retryAfter: undefined });
});

it('loses nobody, admits nobody twice, and keeps to the rate', async () => {
  const arrival = fc.record({
    after: fc.integer({ min: 0, max: 300 }),
    client: fc.constantFrom('a', 'b', undefined),
    bounded: fc.boolean(),
    givesUpAfter: fc.option(fc.integer({ min: 0, max: 2000 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 60 }), async (arrivals) => {
      const { queue, admitted, failed, enter, pass } = open(20, 1);
      const start = performance.now();
      const leaving: [at: number, AbortController][] = [];
      const leave = () => {
        for (const [at, controller] of leaving) if (performance.now() >= at) controller.abort();
      };
      for (const [id, { after, client, bounded, givesUpAfter }] of arrivals.entries()) {
        await pass(after / 1000);
        leave();
        const controller = new AbortController();
        if (givesUpAfter !== undefined) leaving.push([performance.now() + givesUpAfter, controller]);
        void enter(id, { client, bounded, signal: controller.signal });
        await pass(0);
        const elapsed = (performance.now() - start) / 1000;
        expect(admitted.length).toBeLessThanOrEqual(20 * elapsed + 3);
        expect(admitted.length + failed.size + queue.waiting).toBe(id + 1);
      }
      for (let i = 0; i < 60; i += 1) {
        await pass(0.1);
        leave();
      }
      expect(queue.waiting).toBe(0);
      expect([...admitted, ...failed.keys()].toSorted((a, b) => a - b)).toEqual(upTo(arrivals.length));
      const ofA = admitted.filter((id) => arrivals[id]?.client === 'a');
      expect(ofA).toEqual(ofA.toSorted((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});
