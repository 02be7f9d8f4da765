import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './load.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'spillway-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function load(yaml: string, env: Record<string, string> = {}) {
  writeFileSync(join(cwd, 'a.yaml'), yaml);
  return loadConfig({ argv: ['--config', 'a.yaml'], env, cwd });
}

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('where the configuration comes from', () => {
  it('has defaults without a file', () => {
    const { config, warnings, file } = loadConfig({ env: {}, cwd });
    expect(config.http.port).toBe(8080);
    expect(config.media.announcedAddress).toEqual([]);
    expect(config.sources.rtpPorts).toEqual({ first: 42_000, last: 42_999 });
    expect(config.dataDir).toBe(join(cwd, 'data'));
    expect(warnings).toEqual([]);
    expect(file).toBeUndefined();
  });

  it('reads config/spillway.yaml when nothing is named', () => {
    mkdirSync(join(cwd, 'config'));
    writeFileSync(join(cwd, 'config/spillway.yaml'), 'http: {port: 81}');
    const { config, file } = loadConfig({ env: {}, cwd });
    expect(config.http.port).toBe(81);
    expect(file).toBe(join(cwd, 'config/spillway.yaml'));
  });

  it('has instant start and segmented sends on, within bounds', () => {
    const { media } = loadConfig({ env: {}, cwd }).config;
    expect(media.instantStart).toEqual({ seconds: 10, megabytes: 8, workerMegabytes: 256 });
    expect(media.segmentedSends).toBe(true);
    const partly = load('media: {instantStart: {seconds: 0}, segmentedSends: false}').config.media;
    expect(partly.instantStart).toEqual({ seconds: 0, megabytes: 8, workerMegabytes: 256 });
    expect(partly.segmentedSends).toBe(false);
    const wrong =
      'media: {instantStart: {seconds: 61, megabytes: 0, workerMegabytes: 65537}, segmentedSends: 1}';
    expect(problemsOf(() => load(wrong)).map((line) => line.split(': ')[1])).toEqual([
      'media.instantStart.seconds must be an integer from 0 to 60, got 61',
      'media.instantStart.megabytes must be an integer from 1 to 64, got 0',
      'media.instantStart.workerMegabytes must be an integer from 1 to 65536, got 65537',
      'media.segmentedSends must be true or false, got 1',
    ]);
  });

  it('prefers --config to SPILLWAY_CONFIG', () => {
    writeFileSync(join(cwd, 'b.yaml'), 'http: {port: 82}');
    expect(loadConfig({ env: { SPILLWAY_CONFIG: 'b.yaml' }, cwd }).config.http.port).toBe(82);
    expect(load('http: {port: 83}', { SPILLWAY_CONFIG: 'b.yaml' }).config.http.port).toBe(83);
  });

  it('names a file that is not there, and who named it', () => {
    expect(problemsOf(() => loadConfig({ env: { SPILLWAY_CONFIG: 'no.yaml' }, cwd }))).toEqual([
      `${join(cwd, 'no.yaml')} (named by SPILLWAY_CONFIG): there is no such file`,
    ]);
    expect(problemsOf(() => loadConfig({ argv: ['--config', '.'], env: {}, cwd }))[0]).toContain(
      'is not a file',
    );
  });

  it('refuses unknown arguments', () => {
    expect(problemsOf(() => loadConfig({ argv: ['--cofnig', 'x'], env: {}, cwd }))[0]).toContain(
      "'--cofnig'",
    );
  });

  it('lets every variable win over the file', () => {
    const { config, warnings } = load('http: {port: 1, host: a}\nlog: {level: debug}', {
      SPILLWAY_HTTP_HOST: '127.0.0.1',
      SPILLWAY_HTTP_PORT: '9000',
      SPILLWAY_MEDIA_PORT: '50000',
      SPILLWAY_ANNOUNCED_ADDRESS: '203.0.113.7, live.example.com',
      SPILLWAY_DATA_DIR: 'store',
      SPILLWAY_WORKERS: '3',
      SPILLWAY_LOG_LEVEL: 'warn',
      SPILLWAY_OPERATOR_TOKEN: '0123456789abcdef',
      SPILLWAY_CACHE_DIR: '/elsewhere',
      SPILLWAY_WORKER_ORIGIN: 'build',
      UNRELATED: 'x',
    });
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 9000 });
    expect(config.media).toMatchObject({
      port: 50_000,
      workers: 3,
      announcedAddress: ['203.0.113.7', 'live.example.com'],
    });
    expect(config.dataDir).toBe(join(cwd, 'store'));
    expect(config.log.level).toBe('warn');
    expect(config.operatorToken).toBe('0123456789abcdef');
    expect(warnings).toEqual([]);
  });

  it('takes an operator token of digits as text', () => {
    expect(load('', { SPILLWAY_OPERATOR_TOKEN: '12345678901234567890' }).config.operatorToken).toBe(
      '12345678901234567890',
    );
  });

  it('takes an empty variable as not set, and an empty key as its default', () => {
    expect(load('http:\nlog: {level: }\nrooms:\n', { SPILLWAY_HTTP_PORT: '' }).config.http.port).toBe(8080);
  });

  it('warns of variables without effect', () => {
    const { warnings } = load('', { SPILLWAY_PORT: '80', SPILLWAY_HTTP_PROT: '80' });
    expect(warnings).toHaveLength(2);
    for (const warning of warnings) expect(warning).toContain('did you mean SPILLWAY_HTTP_PORT?');
  });
});

describe('what is refused', () => {
  it('reports all problems at once, in order, with places and hints', () => {
    const yaml = [
      'http:',
      '  prot: 80',
      '  port: 99999',
      'corsOrigins: []',
      'media: {workers: automatic}',
      'rooms:',
      '  - name: Living Room',
      '    listed: 1',
      '  - source: {type: rpt}',
      '  - name: a',
      '    source: {type: test, width: 3, heigth: 90}',
      'log: {level: warning}',
    ].join('\n');
    expect(problemsOf(() => load(yaml, { SPILLWAY_MEDIA_PORT: 'x' }))).toEqual([
      'a.yaml:2:3: http.prot is not a known key; did you mean "port"?',
      'a.yaml:3:9: http.port must be an integer from 1 to 65535, got 99999',
      'a.yaml:4:1: corsOrigins is not a known key; did you mean "http.corsOrigins"?',
      'a.yaml:5:18: media.workers must be "auto" or an integer from 1 to 64, got "automatic"; did you mean "auto"?',
      'a.yaml:7:11: rooms[0].name must be 1 to 64 of a-z, 0-9, _ and -, got "Living Room"',
      'a.yaml:8:13: rooms[0].listed must be true or false, got 1',
      'a.yaml:9:5: rooms[1] lacks the key "name" (1 to 64 of a-z, 0-9, _ and -)',
      'a.yaml:9:20: rooms[1].source.type must be "test" or "slate" or "rtp" or "rtsp" or "file" or "srt" or "rtmp" or "device"',
      'a.yaml:11:33: rooms[2].source.width must be an even integer from 160 to 3840, got 3',
      'a.yaml:11:36: rooms[2].source.heigth is not a known key; did you mean "height"?',
      expect.stringMatching(/^a\.yaml:12:14: log\.level must be .* got "warning"; did you mean "warn"\?$/),
      'environment SPILLWAY_MEDIA_PORT (media.port): must be an integer from 1 to 65535, got "x"',
    ]);
  });

  it('reports mistakes of the YAML itself', () => {
    expect(problemsOf(() => load('http:\n  port: 1\n  port: 2'))).toEqual([
      'a.yaml:3:3: Map keys must be unique',
    ]);
    expect(problemsOf(() => load('a: [b\nc: d'))[0]).toMatch(/^a\.yaml:2:1: /);
    expect(problemsOf(() => load('- a'))).toEqual([
      'a.yaml:1:1: the file must be a group of keys, got a list',
    ]);
  });

  it('finds values that do not go together', () => {
    const yaml = [
      'http: {port: 40001}',
      'media: {workers: 2}',
      'sources: {rtpPorts: 40001-40100}',
      'rooms: [{name: a}, {name: a}]',
      'iceServers: [{urls: ["turn:turn.example.com"]}]',
    ].join('\n');
    expect(problemsOf(() => load(yaml)).map((line) => line.split(': ')[1]?.split(' ')[0])).toEqual([
      'http.port',
      'sources.rtpPorts',
      'rooms[1].name',
      'iceServers[0]',
    ]);
    expect(problemsOf(() => load('media: {port: 65535, workers: 2}'))[0]).toContain('at most 65534');
    expect(problemsOf(() => load('sources: {rtpPorts: 5-1}'))).toHaveLength(1);
    expect(problemsOf(() => load('media: {udp: false, tcp: false}'))).toHaveLength(1);
  });

  it('keeps secrets out of messages', () => {
    const yaml =
      'operatorToken: [hush1]\nrooms: [{name: a, publishKey: hush2}]\niceServers: [{urls: [], credential: 7447}]';
    const problems = problemsOf(() => load(yaml));
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toMatch(/hush|7447/);
  });

  it('warns of a short operator token without showing it', () => {
    const { warnings } = load('operatorToken: hush');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toContain('hush');
  });
});
