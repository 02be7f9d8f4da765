import cors from '@fastify/cors';
import { fastifySSE } from '@fastify/sse';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import websocket from '@fastify/websocket';
import { MAX_MESSAGE_BYTES } from '@spillway/protocol';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { App, HttpContext } from './context.ts';
import { usePages } from './pages.ts';
import { useProblems } from './problem.ts';
import { broadcastRoutes } from './routes/broadcast.ts';
import { eventRoutes } from './routes/events.ts';
import { inputRoutes } from './routes/inputs.ts';
import { offerRoutes } from './routes/offer.ts';
import { probeRoutes } from './routes/probes.ts';
import { roomRoutes } from './routes/rooms.ts';
import { serverRoutes } from './routes/server.ts';
import { signalingRoute } from './routes/signaling.ts';
import { sourceRoutes } from './routes/source.ts';
import { viewerRoutes } from './routes/viewers.ts';
import { whepRoutes } from './routes/whep.ts';
import { whipRoutes } from './routes/whip.ts';
import { handleSocketError } from './socket-error.ts';
import { validatorCompiler } from './validation.ts';

/** Bytes of a request's body at most. */
const BODY_LIMIT = 65_536;

/** How long a request may take to come, and how often that is looked at. Milliseconds. */
const REQUEST_TIME = { limit: 15_000, interval: 5000 };

export interface HttpOptions {
  readonly log: FastifyBaseLogger;
  readonly trustProxy: boolean | string[];
}

/** Builds the HTTP and WebSocket doors; `listen()` is the caller's. */
export async function buildApp(options: HttpOptions, context: HttpContext): Promise<App> {
  const app: App = Fastify({
    loggerInstance: options.log,
    trustProxy: options.trustProxy,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIME.limit,
    http: {
      // Of the two limits Node takes the larger one for the whole request; by default that is a minute.
      headersTimeout: REQUEST_TIME.limit,
      connectionsCheckingInterval: REQUEST_TIME.interval,
    },
    routerOptions: { maxParamLength: 128 },
    // Probes and polling pages would fill the log.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  useProblems(app);

  await app.register(cors, {
    origin: context.corsOrigins.includes('*') ? '*' : [...context.corsOrigins],
    methods: ['GET', 'HEAD'],
  });
  await app.register(websocket, {
    errorHandler: (error, socket, request) => handleSocketError(error, socket, request),
    options: {
      maxPayload: MAX_MESSAGE_BYTES,
      handleProtocols: (protocols) => (protocols.has('protoo') ? 'protoo' : false),
    },
  });
  await app.register(fastifyPlugin(fastifySSE), { heartbeatInterval: 15_000 });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Spillway', description: 'Self-hosted live video.', version: '1' },
      components: { securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });

  roomRoutes(app, context);
  sourceRoutes(app, context);
  inputRoutes(app, context);
  eventRoutes(app, context);
  broadcastRoutes(app, context);
  viewerRoutes(app, context);
  serverRoutes(app, context);
  probeRoutes(app, context);
  signalingRoute(app, context);
  whipRoutes(app, context);
  whepRoutes(app, context);
  offerRoutes(app, context);
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await usePages(app, context.webRoot);
  return app;
}
