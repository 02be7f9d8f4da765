import fc from 'fast-check';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type Path = readonly (string | number)[];

/** Turns the value at some place into another, or removes it (`undefined`). */
export interface Mutation {
  /** Which place, counted over all of them and around. */
  readonly where: number;
  readonly change: (present: Json) => Json | undefined;
}

/** The paths of a value and of everything in it. */
function pathsOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]));
  return [path, ...inner];
}

function changeAt(value: Json, [key, ...rest]: Path, change: Mutation['change']): Json | undefined {
  if (key === undefined) return change(value);
  const entries = Object.entries(value ?? {}).flatMap(([name, child]): [string, Json][] => {
    if (name !== key) return [[name, child]];
    const changed = changeAt(child, rest, change);
    return changed === undefined ? [] : [[name, changed]];
  });
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

/** The value with some mutations. One that would remove all of it does nothing. */
export function mutate(value: Json, mutations: readonly Mutation[]): Json {
  return mutations.reduce((present: Json, { where, change }) => {
    const paths = pathsOf(present);
    const path = paths[where % paths.length] ?? [];
    return changeAt(present, path, change) ?? present;
  }, value);
}

const odd: readonly Json[] = [
  ...[null, true, '', ' ', '0', [], {}, [null], { '': 0 }],
  ...[0, -1, 1, 0.5, 255, 256, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e308],
  ...['__proto__', 'constructor', '\u0000', '\ud800', '🎥', 'x'.repeat(5000), 'video/', 'audio/../opus'],
];

/** Mutations that make something nearly valid out of something valid. */
export const anyMutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.nat(10_000),
  change: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...odd).map((value) => () => value) },
    { weight: 2, arbitrary: fc.constant(() => undefined) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(-1, 1, 7, 1000).map((by) => (present: Json) => {
        return typeof present === 'number' ? present + by : present;
      }),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(2, 5, 200).map((times) => (present: Json) => {
        return Array.isArray(present) ? Array<Json[]>(times).fill(present).flat() : [present];
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('more', '__proto__', 'toString').map((key) => (present: Json) => {
        const isObject = typeof present === 'object' && present !== null && !Array.isArray(present);
        return isObject ? { ...present, [key]: 1 } : present;
      }),
    },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => () => value as Json) },
  ),
});
