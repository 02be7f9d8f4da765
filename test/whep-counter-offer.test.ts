import type { ViewerInfo } from '@spillway/protocol';
import { beforeEach, expect, it } from 'vitest';
import { offerFixture } from '../packages/sdp/src/fixtures/index.ts';
import { useBrowser } from './support/browser.ts';
import { patternRoom } from './support/pattern-room.ts';
import {
  expectRefusal,
  fragment,
  ICE_FRAGMENT,
  play,
  publish,
  SDP,
  type SdpAnswer,
  sdpRequest,
  sessionOf,
} from './support/sdp-request.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';

const server = useServer({
  config: { rooms: [patternRoom], demo: { enabled: false }, sessions: { connectSeconds: 5 } },
});
const browser = useBrowser();

/** Each test has a room of its own. */
let room = '';
let count = 0;
beforeEach(() => {
  count += 1;
  room = `counter-${count}`;
});
const viewersOf = async () =>
  (await server.api<{ viewers: ViewerInfo[] }>('GET', `/rooms/${room}/viewers`)).body.viewers;

/** A client that offers what cannot be taken gets an offer. */
async function getOffer(): Promise<SdpAnswer> {
  sessionOf(await publish(server, `/whip/${room}`));
  const body = offerFixture('chromium-156-play').sdp.replaceAll('a=recvonly', 'a=sendonly');
  const offered = await play(server, `/whep/${room}`, { body });
  expect(offered.status).toBe(406);
  expect(offered.headers.get('content-type')).toMatch(/^application\/sdp; valid-until="[^"]+ GMT"$/);
  expect(offered.headers.get('accept-patch')).toBe(SDP);
  return offered;
}

/** What a client might answer that takes all of it. */
function answerTo({ text }: SdpAnswer): string {
  return text
    .replaceAll('a=sendonly', 'a=recvonly')
    .replaceAll('a=setup:actpass', 'a=setup:active')
    .replaceAll(/^a=ice-ufrag:.*$/gm, 'a=ice-ufrag:JT1D')
    .replaceAll(/^a=(msid|ice-lite|candidate|end-of-candidates).*\r\n/gm, '');
}

const patch = (session: string, body: string, type = SDP, ifMatch?: string) =>
  sdpRequest(server, session, {
    ...{ method: 'PATCH', type, body },
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
  });

it('an offer that cannot be taken is answered with another one, which counts as a viewer', async () => {
  const offered = await getOffer();
  expect(offered.headers.get('location')).toMatch(new RegExp(`^/whep/${room}/[\\w-]{24}$`));
  expect(offered.headers.get('etag')).toMatch(/^"[\w-]+"$/);
  expect(offered.headers.get('link')).toMatch(/ext:core:layer/);
  expect(offered.text).toMatch(/^a=setup:actpass\r$/m);
  expect(await viewersOf()).toMatchObject([{ by: 'whep', playing: false }]);
  const session = offered.headers.get('location') ?? '';
  expectRefusal(
    await patch(session, fragment('chromium-156-trickle'), ICE_FRAGMENT, '*'),
    409,
    'wrong-state',
  );
  expectRefusal(await patch(session, 'hello'), 400, 'bad-request');
  expect(await patch(session, answerTo(offered))).toMatchObject({ status: 204, text: '' });
  expect(await viewersOf()).toMatchObject([{ by: 'whep', playing: true }]);
  expectRefusal(await patch(session, answerTo(offered)), 409, 'wrong-state');
  const restarted = await patch(session, fragment('chromium-156-restart'), ICE_FRAGMENT, '*');
  expect(restarted.status).toBe(200);
  expect((await sdpRequest(server, session, { method: 'DELETE' })).status).toBe(200);
  expect(await viewersOf()).toEqual([]);
});

it('an answer that takes nothing of what is live is refused, and ends the session', async () => {
  const offered = await getOffer();
  const session = offered.headers.get('location') ?? '';
  const h264 = /^a=rtpmap:(\d+) H264/m.exec(offered.text)?.[1];
  const other = answerTo(offered)
    .replace(/^m=video.*$/m, `m=video 9 UDP/TLS/RTP/SAVPF ${h264}`)
    .replace('m=audio 9', 'm=audio 0')
    .replace('BUNDLE 0 1', 'BUNDLE 1');
  expectRefusal(await patch(session, other), 406, 'not-acceptable');
  expectRefusal(await patch(session, other), 404, 'not-found');
});

it('an offer that nobody answers is withdrawn', async () => {
  await getOffer();
  await waitFor('the viewer to go', async () => (await viewersOf()).length === 0, 30_000);
});

it('a browser plays by the answer to it', async () => {
  const body = offerFixture('chromium-156-play').sdp.replaceAll('a=recvonly', 'a=sendonly');
  const offered = await waitFor('the pattern', async () => {
    const answer = await play(server, '/whep/pattern', { body });
    return answer.status === 406 ? answer : undefined;
  });
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/`);
  await page.evaluate(
    async ({ sdp, session }) => {
      const peer = new RTCPeerConnection();
      await peer.setRemoteDescription({ type: 'offer', sdp });
      await peer.setLocalDescription();
      const response = await fetch(session, {
        ...{ method: 'PATCH', headers: { 'content-type': 'application/sdp' } },
        body: peer.localDescription?.sdp ?? '',
      });
      if (response.status !== 204) throw new Error(`${response.status}: ${await response.text()}`);
    },
    { sdp: offered.text, session: offered.headers.get('location') ?? '' },
  );
  const framesDecoded = () =>
    page.evaluate(async () => {
      const [player]: RTCPeerConnection[] = Reflect.get(globalThis, 'testPeers');
      const report = [...((await player?.getStats())?.values() ?? [])];
      return report.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')?.framesDecoded ?? 0;
    });
  await waitFor('the picture', async () => (await framesDecoded()) > 15);
});
