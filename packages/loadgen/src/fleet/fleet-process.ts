import { endMediaLibrary } from '../viewer/media-peer.ts';
import { reasonOf } from '../viewer/viewer-session.ts';
import { Crowd } from './crowd.ts';
import { checkCommand, type FleetCommand, type FleetReport } from './messages.ts';

// One process of a fleet: it does what its parent says and ends with it.

let crowd: Crowd | undefined;

function say(report: FleetReport): Promise<void> {
  return new Promise((resolve) => process.send?.(report, () => resolve()));
}

async function obey(command: FleetCommand): Promise<void> {
  if (command.type === 'configure') {
    crowd = await Crowd.create(command.options);
    await say({ type: 'ready' });
  } else if (!crowd) {
    throw new Error(`${command.type} before configure`);
  } else if (command.type === 'join') {
    crowd.join(command.arrivals);
  } else if (command.type === 'sample') {
    await say({ type: 'sample', sample: crowd.sample() });
  } else {
    const sample = crowd.sample();
    await crowd.close();
    await say({ type: 'stopped', sample, visits: [...crowd.results] });
    end(0);
  }
}

function end(code: number): void {
  process.off('disconnect', endWithParent);
  if (process.connected) process.disconnect?.();
  endMediaLibrary();
  process.exit(code);
}

// The server is left to notice: nobody is there to read a result.
const endWithParent = () => process.exit(1);

process.on('disconnect', endWithParent);
// A Ctrl-C reaches all processes of the terminal; the parent says when to stop.
process.on('SIGINT', () => {});
process.on('message', (message) => {
  const command = checkCommand(message);
  const work = command.ok ? obey(command.value) : Promise.reject(new Error(command.error));
  work.catch(async (error: unknown) => {
    await say({ type: 'failed', reason: reasonOf(error) });
    end(1);
  });
});
