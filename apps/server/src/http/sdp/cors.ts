import type { FastifyCorsOptions } from '@fastify/cors';

/** What pages of other origins may do with WHIP, WHEP and plain offers. Which origins is the server's setting. */
export const sdpCors: FastifyCorsOptions = {
  methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'],
  allowedHeaders: ['Authorization', 'Content-Type', 'If-Match'],
  exposedHeaders: ['Location', 'ETag', 'Link', 'Retry-After', 'Accept-Post', 'Accept-Patch', 'Allow'],
  // Preflights are answered as every OPTIONS request is: 200, saying what may be sent.
  preflightContinue: true,
  strictPreflight: false,
};
