import type { FastifyBaseLogger } from 'fastify';

/** How often the machine's addresses are looked at. Milliseconds. */
const INTERVAL = 30_000;

/** What has become of the machine's addresses since the media ports were opened on them; undefined when nothing. */
export function addressChange(listening: readonly string[], now: readonly string[]): string | undefined {
  const gone = listening.filter((address) => !now.includes(address));
  const added = now.filter((address) => !listening.includes(address));
  const parts = [
    ...(gone.length > 0 ? [`gone: ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`new: ${added.join(', ')}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/**
 * Says in the log when the machine has other addresses than those that carry media (another network, a new lease):
 * viewers cannot come by the new ones until the server is started again.
 *
 * @param read the machine's present addresses
 * @returns ends the watch
 */
export function watchAddresses(
  listening: readonly string[],
  read: () => readonly string[],
  log: FastifyBaseLogger,
): () => void {
  let told: string | undefined;
  const timer = setInterval(() => {
    const change = addressChange(listening, read());
    if (change && change !== told) {
      log.warn(
        `this machine's addresses have changed (${change}); start the server again to carry media by them`,
      );
    }
    told = change;
  }, INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}
