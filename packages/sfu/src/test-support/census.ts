import { observer } from 'mediasoup';
import type { Worker } from 'mediasoup/types';

/** How many objects of each kind mediasoup has open, in this process. */
export interface Counts {
  workers: number;
  routers: number;
  transports: number;
  producers: number;
  consumers: number;
}

/** Counts what is made from now on and not closed again. */
export function takeCensus(): { readonly counts: Counts; end(): void } {
  const counts: Counts = { workers: 0, routers: 0, transports: 0, producers: 0, consumers: 0 };
  const count = (
    kind: keyof Counts,
    object: { observer: { once(event: 'close', done: () => void): unknown } },
  ) => {
    counts[kind] += 1;
    object.observer.once('close', () => {
      counts[kind] -= 1;
    });
  };
  const onWorker = (worker: Worker) => {
    count('workers', worker);
    worker.observer.on('newrouter', (router) => {
      count('routers', router);
      router.observer.on('newtransport', (transport) => {
        count('transports', transport);
        transport.observer.on('newproducer', (producer) => count('producers', producer));
        transport.observer.on('newconsumer', (consumer) => count('consumers', consumer));
      });
    });
  };
  observer.on('newworker', onWorker);
  return { counts, end: () => observer.off('newworker', onWorker) };
}
