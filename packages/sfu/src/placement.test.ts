import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';
import { byLoad as createByLoad, type RoomPlaces, type WorkerLoad } from './placement.ts';
import { WorkerLoads } from './worker-loads.ts';

const byLoad = createByLoad();

const worker = (index: number, load: number, viewers = 0, rooms = 0): WorkerLoad => ({
  index,
  load,
  viewers,
  rooms,
  edges: 0,
});

const room = (origin: number, edges: readonly number[] = []): RoomPlaces => ({
  origin,
  edges: new Set(edges),
  viewerLoad: 0.001,
});

describe('origins', () => {
  it('go to the least loaded worker', () => {
    expect(byLoad.forOrigin([])).toBeUndefined();
    expect(byLoad.forOrigin([worker(0, 0.6), worker(1, 0.1), worker(2, 0.3)])).toBe(1);
  });

  it('are spread evenly while nobody watches', () => {
    const rooms = [0, 0, 0];
    for (let n = 0; n < 30; n += 1) {
      const index = byLoad.forOrigin(rooms.map((count, at) => worker(at, 0, 0, count)));
      rooms[index ?? 0] = (rooms[index ?? 0] ?? 0) + 1;
    }
    expect(rooms).toEqual([10, 10, 10]);
  });
});

describe('viewers', () => {
  it('stay on the origin while it has less than the spill load', () => {
    expect(byLoad.forViewer([worker(0, 0.39), worker(1, 0)], room(0))).toBe(0);
    expect(createByLoad({ spillLoad: 0.2 }).forViewer([worker(0, 0.39), worker(1, 0)], room(0))).toBe(1);
  });

  it('spill from then on, to the least loaded worker', () => {
    expect(byLoad.forViewer([worker(0, 0.41), worker(1, 0.2), worker(2, 0.1)], room(0))).toBe(2);
    expect(byLoad.forViewer([worker(0, 0.41), worker(1, 0.45)], room(0))).toBe(0);
  });

  it('use an edge that is there at a smaller difference than one that has to be opened', () => {
    const loads = [worker(0, 0.5), worker(1, 0.47)];
    expect(byLoad.forViewer(loads, room(0))).toBe(0);
    expect(byLoad.forViewer(loads, room(0, [1]))).toBe(1);
  });

  it('use an edge that is there below the spill load too', () => {
    expect(byLoad.forViewer([worker(0, 0.2), worker(1, 0.1)], room(0, [1]))).toBe(1);
  });

  it('return to the origin when it is as free as the edges', () => {
    expect(byLoad.forViewer([worker(0, 0.2), worker(1, 0.2)], room(0, [1]))).toBe(0);
  });

  it('open no edge that would be worth less than it costs', () => {
    const loads = [worker(0, 0.5), worker(1, 0.4)];
    expect(byLoad.forViewer(loads, room(0))).toBe(1);
    expect(byLoad.forViewer(loads, { ...room(0), viewerLoad: 0.05 })).toBe(0);
  });

  it('go elsewhere while the worker of the origin is away', () => {
    expect(byLoad.forViewer([worker(1, 0.9), worker(2, 0.1)], room(0))).toBe(2);
    expect(byLoad.forViewer([], room(0))).toBeUndefined();
  });

  it('always get a worker that is up, and never one that is busier than the origin', () => {
    const loads = fc.uniqueArray(
      fc.record({ index: fc.nat(15), load: fc.double({ min: 0, max: 1.2, noNaN: true }) }),
      {
        selector: ({ index }) => index,
        minLength: 1,
        maxLength: 16,
      },
    );
    fc.assert(
      fc.property(loads, fc.nat(15), fc.array(fc.nat(15)), (some, origin, edges) => {
        const all = some.map(({ index, load }) => worker(index, load));
        const chosen = all.find(({ index }) => index === byLoad.forViewer(all, room(origin, edges)));
        expect(chosen).toBeDefined();
        const originLoad = all.find(({ index }) => index === origin)?.load;
        if (chosen && originLoad !== undefined) expect(chosen.load).toBeLessThanOrEqual(originLoad);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('loads', () => {
  it('count what was given until it shows in the measurements', () => {
    const loads = new WorkerLoads(1);
    const leave = Array.from({ length: 100 }, () => loads.addViewer(0, 0.005));
    const load = () => loads.all[0]?.load;
    expect(load()).toBeCloseTo(0.5);
    // The worker's CPU is what was expected: the sum stays the same all through.
    for (let second = 0; second < 20; second += 1) {
      loads.measure(0, 0.5);
      expect(load()).toBeCloseTo(0.5);
    }
    for (const one of leave) {
      one();
      one();
    }
    expect(load()).toBeCloseTo(0);
    expect(loads.all[0]?.viewers).toBe(0);
    loads.measure(0, 0);
    expect(load()).toBeCloseTo(0);
  });

  it('follow the measurements where the expectation was wrong', () => {
    const loads = new WorkerLoads(2);
    loads.addViewer(1, 0.5);
    for (let second = 0; second < 20; second += 1) loads.measure(1, 0.1);
    expect(loads.all[1]?.load).toBeCloseTo(0.1);
    loads.restart(1);
    expect(loads.all[1]).toMatchObject({ load: 0, viewers: 1 });
    expect(() => loads.measure(2, 0)).toThrow(RangeError);
  });
});

it('backs off twice as long each time, up to a bound, and starts over after a healthy run', () => {
  const next = createBackoff({ first: 100, longest: 300, healthyAfter: 1000 });
  expect([next(0), next(0), next(0), next(0)]).toEqual([100, 200, 300, 300]);
  expect(next(1000)).toBe(100);
});
