import { Type } from 'typebox';
import type { App, HttpContext } from '../context.ts';

const tags = ['probes'];
const Probe = Type.Object({ status: Type.String(), reason: Type.Optional(Type.String()) });

/** How late the control loop may run and still count as alive. Milliseconds. */
const MAX_LOOP_DELAY = 5000;

/** `/livez`, `/readyz` and `/metrics`, for orchestrators and Prometheus. */
export function probeRoutes(app: App, { sfu, metrics }: HttpContext): void {
  app.get(
    '/livez',
    { schema: { tags, summary: 'Whether the control loop runs', response: { 200: Probe, 503: Probe } } },
    async (_request, reply) => {
      const delay = metrics.loopDelayMs();
      if (delay < MAX_LOOP_DELAY) return { status: 'ok' };
      return reply
        .code(503)
        .send({ status: 'stuck', reason: `the event loop is ${Math.round(delay)} ms late` });
    },
  );

  app.get(
    '/readyz',
    { schema: { tags, summary: 'Whether viewers can be taken', response: { 200: Probe, 503: Probe } } },
    async (_request, reply) => {
      if (sfu.workers.some((worker) => worker.up)) return { status: 'ok' };
      return reply.code(503).send({ status: 'unavailable', reason: 'no media worker is up' });
    },
  );

  app.get(
    '/metrics',
    { schema: { tags, summary: 'Metrics in the text format of Prometheus' } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}
