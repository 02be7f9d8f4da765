import { availableParallelism } from 'node:os';
import type { Problem } from './check.ts';
import { parsePortRange } from './config.ts';
import type { RawConfig } from './schema.ts';

/** What no single key can tell: values that do not go together. */
export function checkTogether(config: RawConfig, cores = availableParallelism()): Problem[] {
  const problems: Problem[] = [];
  const wrong = (path: Problem['path'], reason: string) => problems.push({ path, at: 'value', reason });
  const { http, media } = config;
  const workers = media.workers === 'auto' ? cores : media.workers;
  const lastMedia = media.port + workers - 1;
  if (lastMedia > 65_535) {
    wrong(
      ['media', 'port'],
      `must leave a port to each of the ${workers} workers: at most ${65_536 - workers}`,
    );
  }
  if (media.tcp && http.port >= media.port && http.port <= lastMedia) {
    wrong(['http', 'port'], `is one of the media ports (${media.port} to ${lastMedia}); choose another one`);
  }
  if (!media.udp && !media.tcp) wrong(['media', 'udp'], 'and media.tcp cannot both be false');

  const { first, last } = parsePortRange(config.sources.rtpPorts);
  if (first < 1 || last > 65_535 || last - first < 3) {
    wrong(
      ['sources', 'rtpPorts'],
      'must be a range of at least four ports from 1 to 65535, the lower one first',
    );
  } else if (first <= lastMedia && last >= media.port) {
    wrong(['sources', 'rtpPorts'], `must not hold the media ports (${media.port} to ${lastMedia})`);
  }

  const { rtmpPort } = config.sources;
  if (rtmpPort === http.port || (media.tcp && rtmpPort >= media.port && rtmpPort <= lastMedia)) {
    wrong(['sources', 'rtmpPort'], 'is the HTTP port or one of the media ports; choose another one');
  }

  const names = new Set<string>();
  for (const [index, { name }] of config.rooms.entries()) {
    const path = ['rooms', index, 'name'];
    if (names.has(name)) wrong(path, `is the name of an earlier room too: "${name}"`);
    names.add(name);
  }
  if (config.demo.enabled) names.add('demo');
  if (names.size > config.limits.maxRooms) {
    wrong(
      ['limits', 'maxRooms'],
      `must be at least the number of configured rooms, the demo included: ${names.size}`,
    );
  }
  for (const [index, server] of config.iceServers.entries()) {
    const needsLogin = server.urls.some((url) => url.startsWith('turn'));
    if (needsLogin && !(server.username && server.credential)) {
      wrong(['iceServers', index], 'needs username and credential, because it is a TURN server');
    }
  }
  return problems;
}

/** What is allowed but probably not meant. */
export function adviseOn(config: RawConfig): string[] {
  const token = config.operatorToken;
  if (token !== null && token.length < 16) {
    return [
      'operatorToken has fewer than 16 characters and can be guessed; make one with: openssl rand -hex 24',
    ];
  }
  return [];
}
