import { type ParentLink, runChild } from '../process/child-main.ts';
import { Crowd } from './crowd.ts';
import { checkCommand, type FleetCommand, type FleetReport } from './messages.ts';

// One process of a fleet: it does what its parent says.

let crowd: Crowd | undefined;

async function obey(command: FleetCommand, { say, end }: ParentLink<FleetReport>): Promise<void> {
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
    end();
  }
}

runChild(checkCommand, obey);
