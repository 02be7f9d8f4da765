// node bare-harness.ts OPTIONS: the floor of the benchmark. It lets the same viewers in as the server does, by the same
// messages, with mediasoup alone behind them. Runs as a child process with IPC and ends with its parent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileCheck, type RequestMethod, requests } from '@spillway/protocol';
import type { Consumer, WebRtcTransport } from 'mediasoup/types';
import { type WebSocket, WebSocketServer } from 'ws';
import { BareSfu } from './bare-sfu.ts';
import { type HarnessAddress, HarnessOptions } from './harness-options.ts';

const options = compileCheck(HarnessOptions)(JSON.parse(process.argv[2] ?? 'null'));
if (!options.ok) throw new Error(`bare-harness.ts: ${options.error}`);

const checkWatch = compileCheck(requests.watch.data);
const checkPlay = compileCheck(requests.play.data);

const sfu = await BareSfu.create(options.value);
const capabilities = JSON.stringify(sfu.capabilities);

const http = createServer((request, response) => {
  const known = request.url === '/api/v1/capabilities';
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
  response.end(known ? capabilities : '{}');
});
const sockets = new WebSocketServer({ server: http, path: '/signaling', perMessageDeflate: false });
sockets.on('connection', serve);

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  const address: HarnessAddress = {
    url: `http://127.0.0.1:${port}`,
    ...sfu.ports,
    workerPids: sfu.workerPids,
  };
  process.send?.(address);
});

process.once('disconnect', () => {
  sfu.close();
  process.exit();
});

function serve(socket: WebSocket): void {
  let viewer: { transport: WebRtcTransport; consumer: Consumer } | undefined;
  const answers: Partial<Record<RequestMethod, (data: unknown) => Promise<object>>> = {
    async watch(data) {
      if (!checkWatch(data).ok) throw new Error('watch is not valid');
      viewer?.transport.close();
      viewer = await sfu.admit();
      return watchAnswer(viewer.transport, viewer.consumer);
    },
    async play(data) {
      const checked = checkPlay(data);
      if (!checked.ok || !viewer) throw new Error('play is not valid');
      const { dtlsParameters } = checked.value;
      if (dtlsParameters) await viewer.transport.connect({ dtlsParameters });
      await viewer.consumer.resume();
      return {};
    },
  };
  socket.on('message', async (text) => {
    const { id, method, data } = JSON.parse(text.toString());
    try {
      const answer = await answers[method as RequestMethod]?.(data);
      socket.send(JSON.stringify({ response: true, id, ok: true, data: answer }));
    } catch (error) {
      socket.send(JSON.stringify({ response: true, id, ok: false, errorCode: 500, errorReason: `${error}` }));
    }
  });
  socket.on('close', () => viewer?.transport.close());
}

function watchAnswer(transport: WebRtcTransport, { id, producerId, kind, rtpParameters }: Consumer) {
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const consumer = { id, producerId, kind, rtpParameters, type: 'simple', layers: [] };
  return {
    viewerId: transport.id,
    iceServers: [],
    playback: {
      state: 'live',
      kinds: [kind],
      transport: { id: transport.id, iceParameters, iceCandidates, dtlsParameters },
      consumers: [consumer],
    },
  };
}
