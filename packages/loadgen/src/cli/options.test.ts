import { expect, test } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

test('by default, 50 viewers of the demo room for ten seconds', () => {
  const { plan, limits, json, html } = parseOptions([]);
  expect(plan).toEqual({
    crowd: {
      target: { kind: 'signaling', server: 'http://localhost:8080/', rooms: ['demo'] },
      countOneIn: 1,
    },
    viewers: 50,
    processes: 1,
    rampSeconds: 0,
    durationSeconds: 10,
    broadcasts: undefined,
  });
  expect(Object.values(limits)).toEqual(Array(5).fill(undefined));
  expect([json, html]).toEqual([undefined, undefined]);
});

test('all of it', () => {
  const args = '--room a --viewers 300 --ramp 5s --duration 2m --processes 3 --detail 1/10 --churn 2s --nack';
  expect(parseOptions(args.split(' ')).plan).toMatchObject({
    crowd: { target: { rooms: ['a'] }, countOneIn: 10, churnSeconds: 2, nack: true },
    viewers: 300,
    processes: 3,
    rampSeconds: 5,
    durationSeconds: 120,
  });
  const limits = '--max-loss 0.1% --p95-ttff 1.5s --max-freezes 0 --p99-delay 50ms --min-joined 100%';
  expect(parseOptions(limits.split(' ')).limits).toEqual({
    maxLoss: 0.001,
    p95Ttff: 1.5,
    maxFreezes: 0,
    p99Delay: 0.05,
    minJoined: 1,
  });
});

test('several rooms have broadcasts of their own, with the operator’s token at the server’s WHIP endpoint', () => {
  const { plan } = parseOptions(['--rooms', '3', '--viewers-per-room', '4', '--bitrate', '800k'], 'secret');
  expect(plan.crowd.target.rooms).toEqual(['load_1', 'load_2', 'load_3']);
  expect(plan.viewers).toBe(12);
  expect(plan.broadcasts).toEqual({
    url: 'http://localhost:8080/whip/{room}',
    rooms: ['load_1', 'load_2', 'load_3'],
    token: 'secret',
    shape: { bitrate: 800_000, frameRate: 30, keyFrameInterval: 1 },
  });
});

test('the operator’s token goes to no other server, and to no viewer', () => {
  const whep = [
    '--whep',
    'https://other.example/whep/x',
    '--broadcast',
    '--whip',
    'https://other.example/whip/x',
  ];
  const { plan } = parseOptions(whep, 'secret');
  expect(JSON.stringify(plan)).not.toContain('secret');
  const given = parseOptions([...whep, '--token', 'mine'], 'secret').plan;
  expect(given.broadcasts?.token).toBe('mine');
  expect(given.crowd.target).toMatchObject({ kind: 'whep', token: 'mine' });
});

test.each([
  [['--viewers', '0'], '--viewers is out of its range: "0"'],
  [['--viewers', '1e3'], '--viewers must be a whole number, and is "1e3"'],
  [['--duration', '30'], '--duration must be a time such as 500ms, 30s or 2m, and is "30"'],
  [['--churn', '0s'], '--churn is out of its range: "0s"'],
  [['--max-loss', '1'], '--max-loss must be a part such as 0.1%, of 100% at most, and is "1"'],
  [['--detail', '1/0'], '--detail must be all or a part such as 1/10, and is "1/0"'],
  [['--room', 'No Room'], '--room is no name of a room: "No Room"'],
  [['--room', 'a', '--rooms', '2'], '--room and --rooms exclude each other'],
  [['--viewers', '5', '--viewers-per-room', '2'], '--viewers and --viewers-per-room exclude each other'],
  [['--rooms', '2000', '--viewers-per-room', '11'], '22000 viewers are more than 20000'],
  [['--rooms', '2', '--whep', 'http://x/whep'], "--whep needs {room} in the place of the room's name"],
  [['--url', 'ws://x'], '--url must be a URL with http or https, and is "ws://x"'],
])('wrong arguments are told: %s', (args, message) => {
  expect(() => parseOptions(args)).toThrow(new UsageError(message));
});

test('what is unknown is told', () => {
  expect(() => parseOptions(['--seconds', '3'])).toThrow(UsageError);
  expect(() => parseOptions(['more'])).toThrow(UsageError);
});
