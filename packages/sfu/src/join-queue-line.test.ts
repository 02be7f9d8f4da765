import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FairLine } from './join-queue-line.ts';

interface Item {
  readonly id: number;
  readonly client?: string;
}

const client = fc.constantFrom('a', 'b', 'c', undefined);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('add' as const), client }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat() }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A line after some steps, and who is in it by the order of arrival. */
function walk(steps: readonly Step[]) {
  const line = new FairLine<Item>();
  const present: Item[] = [];
  const served: Item[] = [];
  for (const [id, next] of steps.entries()) {
    if (next.do === 'add') {
      const item = { id, ...(next.client ? { client: next.client } : {}) };
      const place = line.placeOfNext(item.client);
      line.add(item);
      present.push(item);
      expect([...line].indexOf(item) + 1).toBe(place);
    } else if (next.do === 'shift') {
      const [first] = line;
      const item = line.shift();
      expect(item).toBe(first);
      if (item) served.push(...present.splice(present.indexOf(item), 1));
    } else if (present.length > 0) {
      const [item] = present.splice(next.which % present.length, 1);
      if (item) expect(line.delete(item)).toBe(true);
      if (item) expect(line.delete(item)).toBe(false);
    }
    expect(line.size).toBe(present.length);
  }
  return { line, present, served };
}

const idsOf = (items: Iterable<Item>, of: string) =>
  [...items].filter((item) => item.client === of).map(({ id }) => id);

it('loses nobody, serves nobody twice, and keeps the order of each client', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { line, present, served } = walk(steps);
      const order = [...line];
      const rest: Item[] = [];
      for (let item = line.shift(); item; item = line.shift()) rest.push(item);
      expect(rest).toEqual(order);
      expect(new Set(rest)).toEqual(new Set(present));
      expect(line.size).toBe(0);
      for (const of of ['a', 'b', 'c']) {
        const ids = idsOf([...served, ...rest], of);
        expect(ids).toEqual(ids.toSorted((x, y) => x - y));
      }
    }),
  );
});

it('lets clients take turns', () => {
  const line = new FairLine<Item>();
  for (let id = 0; id < 1000; id += 1) line.add({ id, client: 'crowd' });
  line.add({ id: 1000, client: 'other' });
  line.add({ id: 1001 });
  line.add({ id: 1002 });
  expect([...line].slice(0, 6).map(({ id }) => id)).toEqual([0, 1000, 1001, 1002, 1, 2]);
});

it('does not forget a client that is served between two of its own', () => {
  const line = new FairLine<Item>();
  line.add({ id: 0, client: 'a' });
  expect(line.shift()?.id).toBe(0);
  expect(line.shift()).toBeUndefined();
  line.add({ id: 1, client: 'a' });
  line.add({ id: 2, client: 'a' });
  expect([line.shift()?.id, line.shift()?.id, line.shift()]).toEqual([1, 2, undefined]);
});
