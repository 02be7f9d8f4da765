// Loaded into a measured process by `--import`, beside `--expose-gc`: tells its parent by IPC what the process holds. It
// costs nothing while nobody asks.
import { observer } from 'mediasoup';
import { PROBE, type ProbeReport } from './probe-report.ts';

const open = { workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 };

type Closing = { observer: { once(event: 'close', done: () => void): unknown } };

function count(kind: keyof typeof open, object: Closing): void {
  open[kind] += 1;
  object.observer.once('close', () => {
    open[kind] -= 1;
  });
}

observer.on('newworker', (worker) => {
  count('workers', worker);
  worker.observer.on('newrouter', (router) => {
    count('routers', router);
    router.observer.on('newtransport', (transport) => {
      count('transports', transport);
      transport.observer.on('newproducer', (producer) => count('producers', producer));
      transport.observer.on('newconsumer', (consumer) => count('consumers', consumer));
    });
  });
});

process.on('message', (message) => {
  if (message !== PROBE) return;
  // The second time takes what the first one's finalizers have let go.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const report: ProbeReport = { heap: heapUsed, external, handles, mediasoup: { ...open } };
  process.send?.(report);
});
// Waiting to be asked is no reason to stay alive.
process.channel?.unref();
