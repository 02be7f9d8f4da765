import staticFiles from '@fastify/static';
import type { FastifyReply } from 'fastify';
import type { App } from './context.ts';

const YEAR = 'public, max-age=31536000, immutable';

/** Pages may load and connect to nothing but this server, if not said otherwise. */
const contentSecurityPolicy = (frameAncestors: string, furtherConnections: string) =>
  [
    "default-src 'self'",
    `connect-src 'self' ws: wss:${furtherConnections}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob: mediastream:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');

/** The built pages, and `player.js`, which any page may load. */
export async function usePages(app: App, webRoot: string): Promise<void> {
  await app.register(staticFiles, {
    root: webRoot,
    index: false,
    cacheControl: false,
    preCompressed: true,
    dotfiles: 'ignore',
    setHeaders: (reply, path) => {
      reply.header('Cache-Control', path.includes('/assets/') ? YEAR : 'no-cache');
      if (/\/player\.js(\.br|\.gz)?$/.test(path)) {
        reply.header('Access-Control-Allow-Origin', '*');
        reply.header('Cross-Origin-Resource-Policy', 'cross-origin');
      }
    },
  });

  const page =
    (file: string, frameAncestors: string, furtherConnections = '') =>
    async (_request: unknown, reply: FastifyReply) =>
      reply
        .header('Content-Security-Policy', contentSecurityPolicy(frameAncestors, furtherConnections))
        .header('X-Content-Type-Options', 'nosniff')
        .header('Referrer-Policy', 'same-origin')
        .sendFile(file);

  const hide = { schema: { hide: true } };
  app.get('/', hide, page('index.html', "'self'"));
  // Anyone may show a room in a frame; the broadcaster's page is not to be clicked through one.
  app.get('/watch/:room', hide, page('watch.html', '*'));
  // It also publishes by WHIP to other servers.
  app.get('/studio', hide, page('studio.html', "'none'", ' http: https:'));
}
