import { parseArgs } from 'node:util';
import { compileCheck, RoomName } from '@spillway/protocol';
import { processesFor } from '../fleet/fleet.ts';
import { defaultShape } from '../media/video-source.ts';
import type { Limits } from '../report/limits.ts';
import type { LoadPlan } from '../run/load-plan.ts';
import { parseBitrate, parseCount, parseDuration, parsePercentage, QuantityError } from './quantities.ts';

/** The arguments cannot be understood. */
export class UsageError extends Error {}

/** What the command line asks for. */
export interface CliOptions {
  readonly help: boolean;
  readonly plan: LoadPlan;
  readonly limits: Limits;
  /** File, or `-` for the standard output. */
  readonly json: string | undefined;
  /** File. */
  readonly html: string | undefined;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const options = {
  help: { ...flag, short: 'h' },
  url: { ...text, default: 'http://localhost:8080' },
  room: text,
  whep: text,
  whip: text,
  token: text,
  viewers: text,
  'viewers-per-room': text,
  rooms: text,
  broadcast: flag,
  ramp: { ...text, default: '0s' },
  duration: { ...text, default: '10s' },
  processes: text,
  detail: { ...text, default: 'all' },
  nack: flag,
  churn: text,
  bitrate: text,
  fps: text,
  gop: text,
  json: text,
  html: text,
  'min-joined': text,
  'p95-ttff': text,
  'max-loss': text,
  'max-freezes': text,
  'p99-delay': text,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
type TextName = {
  [Name in keyof typeof options]: (typeof options)[Name]['type'] extends 'string' ? Name : never;
}[keyof typeof options];

const MAX_VIEWERS = 20_000;
const MAX_ROOMS = 2000;
const MAX_SECONDS = 24 * 3600;

const checkRoom = compileCheck(RoomName);

/**
 * Reads the command line.
 *
 * @param operatorToken of the environment, for broadcasts at `--url`
 * @throws {UsageError}
 */
export function parseOptions(args: readonly string[], operatorToken?: string): CliOptions {
  const values = parseValues(args);
  const rooms = roomsOf(values);
  const viewers = viewersOf(values, rooms.length);
  const makesBroadcasts = values.broadcast || values.rooms !== undefined;
  const churn = read(values, 'churn', parseDuration, { above: 0, most: MAX_SECONDS });
  return {
    help: values.help,
    json: values.json,
    html: values.html,
    plan: {
      crowd: {
        target: targetOf(values, rooms),
        countOneIn: countOneIn(values.detail),
        ...(values.nack ? { nack: true } : {}),
        ...(churn === undefined ? {} : { churnSeconds: churn }),
      },
      viewers,
      processes: read(values, 'processes', parseCount, { least: 1, most: 64 }) ?? processesFor(viewers),
      rampSeconds: read(values, 'ramp', parseDuration, { most: MAX_SECONDS }) ?? 0,
      durationSeconds: read(values, 'duration', parseDuration, { least: 1, most: MAX_SECONDS }) ?? 0,
      broadcasts: makesBroadcasts ? broadcastsOf(values, rooms, operatorToken) : undefined,
    },
    limits: {
      minJoined: read(values, 'min-joined', parsePercentage),
      p95Ttff: read(values, 'p95-ttff', parseDuration),
      maxLoss: read(values, 'max-loss', parsePercentage),
      maxFreezes: read(values, 'max-freezes', parseCount),
      p99Delay: read(values, 'p99-delay', parseDuration),
    },
  };
}

function parseValues(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

interface Bounds {
  readonly least?: number;
  /** More than this. */
  readonly above?: number;
  readonly most?: number;
}

function read<T extends number>(
  values: Values,
  name: TextName,
  parse: (text: string) => T,
  { least = 0, above = -1, most = Number.POSITIVE_INFINITY }: Bounds = {},
): T | undefined {
  const given = values[name];
  if (given === undefined) return undefined;
  try {
    const value = parse(given);
    if (value >= least && value > above && value <= most) return value;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new UsageError(`--${name} must be ${error.message}, and is ${JSON.stringify(given)}`);
  }
  throw new UsageError(`--${name} is out of its range: ${JSON.stringify(given)}`);
}

function roomsOf(values: Values): string[] {
  const count = read(values, 'rooms', parseCount, { least: 1, most: MAX_ROOMS });
  if (count === undefined) {
    const room = values.room ?? 'demo';
    if (!checkRoom(room).ok) throw new UsageError(`--room is no name of a room: ${JSON.stringify(room)}`);
    return [room];
  }
  if (values.room !== undefined) throw new UsageError('--room and --rooms exclude each other');
  return Array.from({ length: count }, (_, index) => `load_${index + 1}`);
}

function viewersOf(values: Values, rooms: number): number {
  const perRoom = read(values, 'viewers-per-room', parseCount, { least: 1, most: MAX_VIEWERS });
  const viewers = read(values, 'viewers', parseCount, { least: 1, most: MAX_VIEWERS });
  if (perRoom !== undefined && viewers !== undefined) {
    throw new UsageError('--viewers and --viewers-per-room exclude each other');
  }
  const all = viewers ?? (perRoom === undefined ? 50 : perRoom * rooms);
  if (all > MAX_VIEWERS) throw new UsageError(`${all} viewers are more than ${MAX_VIEWERS}`);
  return all;
}

function targetOf(values: Values, rooms: string[]): LoadPlan['crowd']['target'] {
  if (values.whep === undefined) return { kind: 'signaling', server: urlOf(values, 'url'), rooms };
  const url = templateOf(values, 'whep', rooms);
  return { kind: 'whep', url, rooms, ...(values.token === undefined ? {} : { token: values.token }) };
}

function broadcastsOf(values: Values, rooms: string[], operatorToken: string | undefined) {
  const isElsewhere = values.whip !== undefined;
  const url = isElsewhere
    ? templateOf(values, 'whip', rooms)
    : `${new URL('/whip/', urlOf(values, 'url'))}{room}`;
  // The operator's token is for the operator's server alone.
  const token = values.token ?? (isElsewhere ? undefined : operatorToken);
  return {
    url,
    rooms,
    ...(token === undefined ? {} : { token }),
    shape: {
      bitrate: read(values, 'bitrate', parseBitrate, { least: 10_000, most: 1e9 }) ?? defaultShape.bitrate,
      frameRate: read(values, 'fps', parseCount, { least: 1, most: 240 }) ?? defaultShape.frameRate,
      keyFrameInterval:
        read(values, 'gop', parseDuration, { above: 0, most: 600 }) ?? defaultShape.keyFrameInterval,
    },
  };
}

function urlOf(values: Values, name: 'url' | 'whep' | 'whip'): string {
  const given = values[name] ?? '';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  throw new UsageError(`--${name} must be a URL with http or https, and is ${JSON.stringify(given)}`);
}

/** A URL with `{room}` in it, unless there is one room only. */
function templateOf(values: Values, name: 'whep' | 'whip', rooms: readonly string[]): string {
  const url = urlOf(values, name);
  if (rooms.length > 1 && !/\{room\}|%7Broom%7D/i.test(url)) {
    throw new UsageError(`--${name} needs {room} in the place of the room's name`);
  }
  return url;
}

function countOneIn(detail: string): number {
  const match = /^(?:all|1\/(\d{1,5}))$/.exec(detail);
  const count = Number(match?.[1] ?? 1);
  if (match && count >= 1) return count;
  throw new UsageError(`--detail must be all or a part such as 1/10, and is ${JSON.stringify(detail)}`);
}
