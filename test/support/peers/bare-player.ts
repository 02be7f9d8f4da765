/* A WHEP player in a process of its own, so that it can be killed. Plays the URL of its argument, writes the URL of its session once media comes, and ends with its stdin. */
import { BarePeer } from './bare-peer.ts';

const [url] = process.argv.slice(2);
if (!url) throw new Error('it takes the URL to play');
process.stdin.once('end', () => process.exit()).resume();
const peer = await BarePeer.play(url);
await peer.whenReceiving();
process.stdout.write(`${peer.location}\n`);
