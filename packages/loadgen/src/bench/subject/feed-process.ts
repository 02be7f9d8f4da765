// node feed-process.ts FEED: pushes made video to the rooms of a run, in a process of its own so that it costs neither the
// server nor the viewers anything. Runs as a child process with IPC and ends with its parent.
import { compileCheck } from '@spillway/protocol';
import { RtpPush } from '../../media/rtp-push.ts';
import { COUNT_REQUESTS, Feed } from './feed.ts';

const feed = compileCheck(Feed)(JSON.parse(process.argv[2] ?? 'null'));
if (!feed.ok) throw new Error(`feed-process.ts: ${feed.error}`);

const { targets, shape } = feed.value;
const pushes = targets.map((target) => new RtpPush(target, shape, { answersRequests: false }));
process.once('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message === COUNT_REQUESTS) {
    process.send?.(pushes.reduce((total, { keyFrameRequests }) => total + keyFrameRequests, 0));
  }
});

// Rooms whose key frames all came at the same moment would come in a burst that no broadcasters make.
for (const [index, push] of pushes.entries()) {
  setTimeout(() => push.start(), (1000 * shape.keyFrameInterval * index) / pushes.length);
}
process.send?.('ready');
