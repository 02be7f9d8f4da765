import type { Sfu } from '@spillway/sfu';
import type { FastifyBaseLogger } from 'fastify';

/** Writes what becomes of rooms and media workers to the log. */
export function logSfu(sfu: Sfu, log: FastifyBaseLogger): void {
  logRooms(sfu, log);
  logWorkers(sfu, log);
}

/** A line whenever a room goes live, is interrupted or goes offline. */
function logRooms(sfu: Sfu, log: FastifyBaseLogger): void {
  sfu.on('room', (room) => {
    let { state } = room;
    room.on('change', () => {
      if (room.state === state) return;
      state = room.state;
      log.info({ room: room.name, viewers: room.viewers.size, ...room.broadcast?.info }, `room ${state}`);
    });
  });
}

function logWorkers(sfu: Sfu, log: FastifyBaseLogger): void {
  sfu.on('workerdied', (worker, reason) =>
    log.error(
      { worker: worker.index, reason },
      'a media worker died; its rooms move and it is started again',
    ),
  );
  sfu.on('workerup', (worker) => log.info({ worker: worker.index }, 'a media worker is up again'));
  sfu.on('workerrestartfailed', (worker, reason) =>
    log.error({ worker: worker.index, reason }, 'a media worker did not start; trying again'),
  );
}
