import { compileCheck, type RequestMethod, requests, SpillwayError } from '@spillway/protocol';
import type { Static, TSchema } from 'typebox';

/** Answers one kind of request; its data is checked before. */
export type RequestHandler = (data: unknown) => Promise<object>;

/** What a role answers; other methods are refused. */
export type RequestHandlers = Partial<Record<RequestMethod, RequestHandler>>;

/**
 * Compiles the check of a request once; the function returned puts it before a handler.
 *
 * The handler made so throws {@link SpillwayError} `bad-request` that names the wrong field.
 */
function request<D extends TSchema, A extends TSchema>(
  method: RequestMethod,
  messages: { data: D; answer: A },
) {
  const check = compileCheck(messages.data);
  return (answer: (data: Static<D>) => Promise<Static<A>>): RequestHandler =>
    async (data) => {
      const checked = check(data);
      if (!checked.ok) throw new SpillwayError('bad-request', `${method}: ${checked.error}`);
      return Object(await answer(checked.value));
    };
}

/** For each request: puts its check before a handler. */
export const on = {
  watch: request('watch', requests.watch),
  play: request('play', requests.play),
  pause: request('pause', requests.pause),
  setLayer: request('setLayer', requests.setLayer),
  broadcast: request('broadcast', requests.broadcast),
  connect: request('connect', requests.connect),
  produce: request('produce', requests.produce),
  unproduce: request('unproduce', requests.unproduce),
  end: request('end', requests.end),
  status: request('status', requests.status),
  restartIce: request('restartIce', requests.restartIce),
};
