import { describe, expect, test } from 'vitest';
import { decideFailover, type MemberCondition } from './failover.ts';

const policy = { failoverMs: 5000, steadyMs: 2000 };
const live = (since: number): MemberCondition => ({ state: 'live', since });
const down = (since: number): MemberCondition => ({ state: 'down', since });
const over: MemberCondition = { state: 'over', since: 0 };

describe('a room with three sources', () => {
  test('starts with the first alone', () => {
    const decision = decideFailover([down(0), down(0), down(0)], undefined, policy, 0);
    expect(decision).toEqual({ running: [true, false, false], onAir: undefined, again: 5000 });
  });

  test('shows the first when it is live', () => {
    const decision = decideFailover([live(100), down(100), down(100)], undefined, policy, 100);
    expect(decision).toEqual({ running: [true, false, false], onAir: 0, again: undefined });
  });

  test('waits before the second is started', () => {
    expect(decideFailover([down(1000), down(2000), down(2000)], 0, policy, 2000)).toEqual({
      running: [true, false, false],
      onAir: undefined,
      again: 6000,
    });
    expect(decideFailover([down(1000), down(6000), down(6000)], undefined, policy, 6000)).toEqual({
      running: [true, true, false],
      onAir: undefined,
      again: 11_000,
    });
  });

  test('goes on to the third when the second does not come', () => {
    const decision = decideFailover([down(1000), down(6000), down(11_000)], undefined, policy, 11_000);
    expect(decision.running).toEqual([true, true, true]);
  });

  test('stops the third when the second is live', () => {
    const decision = decideFailover([down(1000), live(12_000), live(11_500)], 1, policy, 12_000);
    expect(decision).toMatchObject({ running: [true, true, false], onAir: 1 });
  });

  test('goes back when the first has been steady', () => {
    expect(decideFailover([live(20_000), live(6500), down(20_000)], 1, policy, 21_000)).toEqual({
      running: [true, true, false],
      onAir: 1,
      again: 22_000,
    });
    expect(decideFailover([live(20_000), live(6500), down(22_000)], 1, policy, 22_000)).toEqual({
      running: [true, false, false],
      onAir: 0,
      again: undefined,
    });
  });

  test('takes what is there when the one on air is lost, steady or not', () => {
    const decision = decideFailover([live(20_000), down(20_500), down(20_500)], 1, policy, 20_500);
    expect(decision).toMatchObject({ running: [true, false, false], onAir: 0 });
  });

  test('does not wait for one that is over', () => {
    const decision = decideFailover([over, down(0), down(0)], undefined, policy, 0);
    expect(decision.running).toEqual([true, true, false]);
  });
});

test('in every situation the one on air runs, and no gap is left before it', () => {
  const states: MemberCondition[] = [live(0), live(9000), down(0), down(9500), over];
  for (const first of states)
    for (const second of states)
      for (const third of states)
        for (const onAir of [undefined, 0, 1, 2]) {
          const members = [first, second, third];
          const decision = decideFailover(members, onAir, policy, 10_000);
          expect(decision.running[0]).toBe(true);
          const anyLive = members.some(({ state }) => state === 'live');
          expect(decision.onAir !== undefined).toBe(anyLive);
          if (decision.onAir !== undefined) {
            expect(decision.running[decision.onAir]).toBe(true);
            expect(members[decision.onAir]?.state).toBe('live');
          }
          expect(decision.again ?? 10_001).toBeGreaterThan(10_000);
        }
});
