import { mkdir } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { availableParallelism, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findExecutable, Ingest } from '@spillway/ingest';
import { byLoad, Sfu, usableAddresses } from '@spillway/sfu';
import type { FastifyBaseLogger } from 'fastify';
import { watchAddresses } from './address-watch.ts';
import { Access } from './auth/access.ts';
import { loadOperatorToken } from './auth/operator-token.ts';
import { baseUrls } from './base-urls.ts';
import type { Config } from './config/index.ts';
import { describeFeatures } from './describe-features.ts';
import { buildApp } from './http/app.ts';
import type { App } from './http/context.ts';
import { logSfu } from './log-sfu.ts';
import { Metrics } from './metrics/metrics.ts';
import { RequestRate } from './rate/request-rate.ts';
import { checkPublishing, findOrCreate, openForPublishing } from './rooms/open-for-publishing.ts';
import { type ConfiguredRoom, RoomDirectory } from './rooms/room-directory.ts';
import { RoomStore } from './rooms/room-store.ts';
import { SourceFeed } from './rooms/source-feed.ts';
import { PlaySessions } from './sessions/play-sessions.ts';
import { PublishSessions } from './sessions/publish-sessions.ts';
import { SignalingGateway } from './signaling/gateway.ts';

export interface ServerOptions {
  readonly config: Config;
  /** Path of the mediasoup-worker binary. */
  readonly workerBin: string;
  /** What it can do beyond mediasoup's own worker. */
  readonly workerFeatures: readonly string[];
  readonly log: FastifyBaseLogger;
  /** Folder of the built pages. Default: where the build puts them. */
  readonly webRoot?: string;
}

/** Where the build of the pages goes. */
const WEB_ROOT = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Time for the first media of a new broadcast: permission, ICE, DTLS. Milliseconds. */
const START_LIMIT = 30_000;

/** A running server. */
export interface Server {
  /** Base URLs, that of this machine first. */
  readonly urls: readonly [string, ...string[]];
  /** The operator's token, if it was made by this start. */
  readonly freshToken: string | undefined;
  /** Whether the demo room runs. */
  readonly demo: boolean;
  /** Ends in order: connections, HTTP, sources and rooms, workers. */
  close(): Promise<void>;
}

/** The rooms of the configuration and, where FFmpeg can make its picture, the demo. */
function configuredRooms(config: Config, log: FastifyBaseLogger): ConfiguredRoom[] {
  if (!config.demo.enabled || config.rooms.some((room) => room.name === 'demo')) return [...config.rooms];
  if (!findExecutable('ffmpeg')) {
    log.warn(
      'there is no FFmpeg, so there is no demo room; install it (apt-get install ffmpeg) and start again',
    );
    return [...config.rooms];
  }
  return [...config.rooms, { name: 'demo', listed: true, source: { type: 'test' } }];
}

/**
 * Puts the parts together and listens.
 *
 * @throws when a port is taken, a worker does not start, or what is stored cannot be read
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, workerBin, workerFeatures, log, webRoot = WEB_ROOT } = options;
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const { media, limits, joins, broadcast } = config;
    const readAddresses = () =>
      usableAddresses(networkInterfaces(), media.interfaces.length > 0 ? media.interfaces : undefined);
    const addresses = readAddresses();
    closers.push(watchAddresses(addresses, readAddresses, log));
    const iceServers = config.iceServers.map((server) => ({ ...server, urls: [...server.urls] }));
    const urls = baseUrls(config.http, addresses);
    const metrics = new Metrics();
    closers.push(() => metrics.close());
    const token = await loadOperatorToken(config.dataDir, config.operatorToken);
    const access = new Access(token.hash);
    const store = await RoomStore.open(join(config.dataDir, 'rooms.json'));

    const { instantStart, segmentedSends } = media;
    const tuning = { features: workerFeatures, instantStart, segmentedSends };
    log.info(describeFeatures(tuning));
    const sfu = await Sfu.create({
      workerBin,
      workers: media.workers === 'auto' ? availableParallelism() : media.workers,
      addresses,
      listen: {
        port: media.port,
        announcedAddresses: media.announcedAddress,
        udp: media.udp,
        tcp: media.tcp,
      },
      rooms: {
        maxViewers: limits.maxViewersPerRoom,
        graceMs: broadcast.graceSeconds * 1000,
        startMs: START_LIMIT,
        maxIncomingBitrate: broadcast.maxBitrate,
        viewerSilenceMs: config.sessions.silenceSeconds * 1000,
      },
      maxRooms: limits.maxRooms,
      placement: byLoad({ spillLoad: media.spillLoad }),
      tuning,
      joins: {
        maxWaitSeconds: joins.maxWaitSeconds,
        ...(joins.perSecond === 'auto' ? {} : { perSecond: joins.perSecond }),
      },
    });
    closers.push(() => sfu.close());
    logSfu(sfu, log);

    await makeLibrary(config, log);
    const ingest = new Ingest({
      rtpPorts: config.sources.rtpPorts,
      rtmpPort: config.sources.rtmpPort,
      library: config.sources.library,
      addressPolicy: { allowLocal: config.sources.allowLocalAddresses },
      ownPorts: [
        { ...config.sources.rtpPorts, what: "the server's ports for sources" },
        {
          first: media.port,
          last: media.port + sfu.describeWorkers().length - 1,
          what: "the server's media ports",
        },
      ],
      listenAddress: config.sources.host,
      announcedAddress: pushAddress([...media.announcedAddress, ...addresses]),
      logger: log,
    });
    closers.push(() => ingest.close());
    const sourceFeed = new SourceFeed(() => sourcesOf(directory));

    const directory = await RoomDirectory.open({
      sfu,
      store,
      configured: configuredRooms(config, log),
      sources: { ingest, onSourceEvent: (event) => sourceFeed.emit('source', event) },
      codeLifetimeMs: limits.codeLifetimeHours * 3_600_000,
      log,
    });
    closers.push(() => directory.close('the server is stopping'));

    const gateway = new SignalingGateway({
      sfu,
      iceServers,
      limits: { ...config.signaling, maxViewers: limits.maxViewers },
      graceSeconds: broadcast.graceSeconds,
      log,
      openRoom: (name, credential) => openForPublishing(directory, access, name, credential),
      observeJoin: (seconds) => metrics.observeJoin(seconds),
    });
    const publishSessions = new PublishSessions({
      ...config.sessions,
      checkPublishing: (name, credential) => checkPublishing(directory, access, name, credential),
      openRoom: (name) => findOrCreate(directory, name),
    });
    const playSessions = new PlaySessions({
      ...config.sessions,
      sfu,
      maxViewers: limits.maxViewers,
      getRoom: (name) => directory.get(name),
      observeJoin: (seconds) => metrics.observeJoin(seconds),
    });
    // First the connections, each told why; then the doors.
    let app: App | undefined;
    closers.push(async () => {
      gateway.close();
      publishSessions.close('the server is stopping');
      await playSessions.close('the server is stopping');
      await app?.close();
    });
    metrics.observe(sfu, () => gateway.connectionCount);
    metrics.observeSources(sourceFeed, () => sourcesOf(directory));

    app = await buildApp(
      { log, trustProxy: trustProxy(config.http.trustProxy) },
      {
        sfu,
        directory,
        ingest,
        sourceFeed,
        access,
        gateway,
        publishSessions,
        playSessions,
        sdpRate: new RequestRate(config.sessions, performance.now()),
        offerRoom: config.offer.room,
        metrics,
        baseUrls: urls,
        iceServers,
        corsOrigins: config.http.corsOrigins,
        webRoot,
      },
    );
    await app.listen({ host: config.http.host, port: config.http.port });
    return { urls, freshToken: token.fresh, demo: directory.find('demo') !== undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A folder to put videos into. One that cannot be made stays empty, which is no reason not to start. */
async function makeLibrary({ sources }: Config, log: FastifyBaseLogger): Promise<void> {
  await mkdir(sources.library, { recursive: true }).catch((error: Error) =>
    log.warn({ err: error }, `the video library ${sources.library} could not be made`),
  );
}

/** The rooms that have a source. */
function sourcesOf(directory: RoomDirectory) {
  return directory
    .list()
    .flatMap(({ record, source }) => (source ? [{ room: record.name, source: source.status() }] : []));
}

/** Where encoders of the network push to: RTP sources listen by IPv4 only. */
function pushAddress(candidates: readonly string[]): string {
  return candidates.find((address) => !isIPv6(address)) ?? '127.0.0.1';
}

function trustProxy(setting: Config['http']['trustProxy']): boolean | string[] {
  return typeof setting === 'boolean' ? setting : [...setting];
}
