import { type ParentLink, runChild } from '../process/child-main.ts';
import { roomUrl } from '../viewer/room-url.ts';
import { type BroadcastCommand, type BroadcastReport, checkCommand } from './messages.ts';
import { WhipBroadcaster } from './whip-broadcaster.ts';

// Broadcasts of one load test: it does what its parent says.

/** Broadcasters that begin at the same time. */
const AT_ONCE = 10;

const broadcasters: WhipBroadcaster[] = [];
let lost = 0;

async function obey(command: BroadcastCommand, { say, end }: ParentLink<BroadcastReport>): Promise<void> {
  if (command.type === 'start') {
    const { url, rooms, ...options } = command.options;
    for (const room of rooms) {
      const onLost = () => {
        lost += 1;
      };
      broadcasters.push(new WhipBroadcaster({ ...options, url: roomUrl(url, room), onLost }));
    }
    try {
      for (let first = 0; first < broadcasters.length; first += AT_ONCE) {
        await Promise.all(broadcasters.slice(first, first + AT_ONCE).map((each) => each.start()));
      }
    } catch (error) {
      await closeAll();
      throw error;
    }
    await say({ type: 'live' });
  } else if (command.type === 'count') {
    const keyFrameRequests = broadcasters.reduce((sum, each) => sum + each.keyFrameRequests, 0);
    await say({ type: 'counted', keyFrameRequests });
  } else {
    await closeAll();
    await say({ type: 'stopped', lost });
    end();
  }
}

async function closeAll(): Promise<void> {
  await Promise.allSettled(broadcasters.map((broadcaster) => broadcaster.close()));
}

runChild(checkCommand, obey);
