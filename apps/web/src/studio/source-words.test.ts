import type { RoomSourceStatus, SourceConfig } from '@spillway/protocol';
import { describe, expect, it } from 'vitest';
import {
  actionChip,
  costText,
  inputWords,
  mayStart,
  mayStop,
  onAirSource,
  onAirText,
  planWords,
  requestText,
  sourceChip,
  sourceName,
} from './source-words.ts';

const since = '2026-03-01T12:00:00.000Z';
const quiet = { since, reason: '', restarts: 0, history: [], lastWords: [] };
const room = { stopped: false, onDemand: false, stopAfterSeconds: 10, failoverSeconds: 5, onAir: null };
const slate = { ...quiet, config: { type: 'slate' }, state: 'live' } as const;

function status(change: Partial<RoomSourceStatus>): RoomSourceStatus {
  return { ...quiet, ...room, config: { type: 'test' }, state: 'live', backups: [slate], ...change };
}

describe('the state of a source', () => {
  it('says why an idle one is idle', () => {
    expect(sourceChip(status({ state: 'idle', stopped: true })).text).toBe('sourceStopped');
    expect(sourceChip(status({ state: 'idle', onDemand: true })).text).toBe('sourceAwaitsViewers');
    expect(sourceChip(status({ state: 'idle' })).text).toBe('sourceIdle');
  });

  it('says what a starting one waits for', () => {
    expect(sourceChip(status({ state: 'starting', config: { type: 'rtmp' } })).text).toBe(
      'sourceAwaitsEncoder',
    );
    expect(sourceChip(status({ state: 'starting' })).text).toBe('sourceStarting');
  });

  it.each([
    ['a live one', { state: 'live' }, false, true],
    ['a stopped one', { state: 'idle', stopped: true }, true, false],
    ['one that waits for viewers', { state: 'idle', onDemand: true }, false, true],
    ['one that has played to its end', { state: 'idle' }, true, false],
    ['one that was given up', { state: 'failed' }, true, true],
    ['one that tries again', { state: 'retrying' }, false, true],
  ] as const)(
    '%s can be started and stopped as far as that changes something',
    (_name, change, start, stop) => {
      expect(mayStart(status(change))).toBe(start);
      expect(mayStop(status(change))).toBe(stop);
    },
  );

  it('says what the room shows', () => {
    expect(onAirText({ onAir: null })).toBe('onAirNothing');
    expect(onAirSource(status({}))).toBeUndefined();
    expect(onAirText({ onAir: 0 })).toBe('onAirFirst');
    expect(onAirSource(status({ onAir: 0 }))?.config.type).toBe('test');
    expect(onAirText({ onAir: 1 })).toBe('onAirBackup');
    expect(onAirSource(status({ onAir: 1 }))).toBe(slate);
  });
});

it.each<[SourceConfig, string]>([
  [{ type: 'file', file: 'talks/opening.mp4' }, 'talks/opening.mp4'],
  [{ type: 'file', file: ['a.mp4', 'b.mp4', 'c.mp4'] }, 'a.mp4 +2'],
  [{ type: 'rtsp', url: 'rtsp://admin:***@192.168.1.20:8554/stream1?x=1' }, '192.168.1.20:8554/stream1'],
  [{ type: 'device', videoDevice: '/dev/video0', audioDevice: 'hw:1,0' }, '/dev/video0, hw:1,0'],
  [{ type: 'rtmp' }, ''],
])('names the source %j', (config, name) => {
  expect(sourceName(config)).toBe(name);
});

describe('the doctor', () => {
  const fps = (rate: string) => `${rate} fps`;

  it('says what comes in', () => {
    const video = { kind: 'video', codec: 'hevc', width: 1920, height: 1080, bFrames: false } as const;
    expect(inputWords({ ...video, frameRate: 25, bitrate: 4_100_000 }, fps)).toBe(
      'H.265 1920 × 1080, 25 fps, 4.10 Mbps',
    );
    expect(inputWords({ kind: 'audio', codec: 'pcm_alaw', sampleRate: 8000, channels: 1 }, fps)).toBe(
      'G.711 A-law, 8 kHz',
    );
  });

  it('says what encoding costs, and warns of what is dear', () => {
    expect(costText({ action: 'copy', cores: 0 })).toBeUndefined();
    expect(costText({ action: 'transcode', cores: 0.02 })).toBe('planCheap');
    expect(actionChip({ action: 'transcode', cores: 0.02 }).badge).toBe('busy');
    expect(costText({ action: 'transcode', cores: 0.8 })).toBe('planCores');
    expect(actionChip({ action: 'transcode', cores: 0.8 }).badge).toBe('warn');
  });

  it('says what viewers get', () => {
    const picture = { width: 1280, height: 720, frameRate: 30, bitrate: 2_500_000 };
    const low = { width: 320, height: 180, frameRate: 30 };
    const plan = {
      action: 'transcode',
      reason: '',
      codec: 'H264',
      picture,
      layers: [low],
      cores: 1,
    } as const;
    expect(planWords({ ...plan, layers: [...plan.layers] }, fps)).toBe(
      'H.264 1280 × 720, 30 fps, 2.50 Mbps + 320 × 180',
    );
    expect(planWords({ action: 'copy', reason: '', codec: 'opus', cores: 0 }, fps)).toBe('Opus');
    expect(planWords({ action: 'drop', reason: '', cores: 0 }, fps)).toBe('');
  });
});

it('has words for a request that failed', () => {
  expect(requestText({ status: 0 })).toBe('failUnreachable');
  expect(requestText({ status: 401 })).toBe('sourceRefused');
  expect(requestText({ status: 409 })).toBe('failOther');
});
