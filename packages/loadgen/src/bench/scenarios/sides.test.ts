import { expect, test } from 'vitest';
import { cells, onSides, sideHeads, switchedOff } from './sides.ts';

test('each case has what each side gave, by round, and all came in turns', async () => {
  const order: string[] = [];
  const measured = await onSides(
    [{ name: 'a' }, { name: 'b' }],
    ['without', 'with'],
    2,
    async ({ name }, side) => {
      order.push(`${name} ${side}`);
      return order.length;
    },
  );
  expect(order.slice(0, 4)).toEqual(['a without', 'a with', 'b without', 'b with']);
  expect(order.slice(4)).toEqual(order.slice(0, 4).toReversed());
  expect(measured).toEqual([
    { name: 'a', rounds: { without: [1, 8], with: [2, 7] } },
    { name: 'b', rounds: { without: [3, 6], with: [4, 5] } },
  ]);
});

test('a side that was not measured has no column', async () => {
  const [measured] = await onSides([{}], ['without'], 1, async () => 1);
  const rounds = measured?.rounds ?? { without: [], with: [] };
  expect(rounds.with).toEqual([]);
  expect(sideHeads(rounds)).toEqual(['without']);
  expect(cells(rounds, (all) => `${all.length}`)).toEqual(['1']);
});

test('a feature is switched off on the one side alone', () => {
  expect(switchedOff('gop-cache', 'without')).toEqual(['gop-cache']);
  expect(switchedOff('gop-cache', 'with')).toEqual([]);
});
