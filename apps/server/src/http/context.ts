import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Ingest } from '@spillway/ingest';
import type { IceServer } from '@spillway/protocol';
import type { Sfu } from '@spillway/sfu';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Access } from '../auth/access.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestRate } from '../rate/request-rate.ts';
import type { RoomDirectory } from '../rooms/room-directory.ts';
import type { SourceFeed } from '../rooms/source-feed.ts';
import type { PlaySessions } from '../sessions/play-sessions.ts';
import type { PublishSessions } from '../sessions/publish-sessions.ts';
import type { SignalingGateway } from '../signaling/gateway.ts';

/** What the routes work with. */
export interface HttpContext {
  readonly sfu: Sfu;
  readonly directory: RoomDirectory;
  readonly ingest: Ingest;
  readonly sourceFeed: SourceFeed;
  readonly access: Access;
  readonly gateway: SignalingGateway;
  readonly publishSessions: PublishSessions;
  readonly playSessions: PlaySessions;
  /** Of offers, by WHIP, WHEP and plain. */
  readonly sdpRate: RequestRate;
  /** The room of plain offers that name none. */
  readonly offerRoom: string;
  readonly metrics: Metrics;
  /** Base URLs of this server, without a proxy before it. */
  readonly baseUrls: readonly string[];
  readonly iceServers: readonly IceServer[];
  /** Origins whose pages may read public data, publish and play; `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Folder of the built pages. */
  readonly webRoot: string;
}

/** A Fastify instance whose handlers get the types of their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
