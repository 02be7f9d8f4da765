// node bare-harness.ts OPTIONS: the floor of the benchmark. It lets the same viewers in as the server does, by the same
// messages, with mediasoup alone behind them. Runs as a child process with IPC and ends with its parent.
import { createServer } from 'node:http';
import { compileCheck, requests } from '@spillway/protocol';
import type { Consumer, WebRtcTransport } from 'mediasoup/types';
import { Type } from 'typebox';
import { type WebSocket, WebSocketServer } from 'ws';
import { BareSfu } from './bare-sfu.ts';
import { type HarnessAddress, HarnessOptions } from './harness-options.ts';

const options = compileCheck(HarnessOptions)(JSON.parse(process.argv[2] ?? 'null'));
if (!options.ok) throw new Error(`bare-harness.ts: ${options.error}`);

/** A request in protoo's frame. */
const checkRequest = compileCheck(
  Type.Union([
    Type.Object({ id: Type.Integer(), method: Type.Literal('watch'), data: requests.watch.data }),
    Type.Object({ id: Type.Integer(), method: Type.Literal('play'), data: requests.play.data }),
  ]),
);

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
  const bound = http.address();
  if (bound === null || typeof bound === 'string') throw new Error('the harness has no port');
  const address: HarnessAddress = {
    url: `http://127.0.0.1:${bound.port}`,
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
  const answer = async (text: string): Promise<object> => {
    const request = checkRequest(JSON.parse(text));
    if (!request.ok) throw new Error(request.error);
    const { id, method, data } = request.value;
    if (method === 'watch') {
      viewer?.transport.close();
      viewer = await sfu.admit();
      return { id, data: watchAnswer(viewer.transport, viewer.consumer) };
    }
    if (!viewer) throw new Error('play comes after watch');
    if (data.dtlsParameters) await viewer.transport.connect({ dtlsParameters: data.dtlsParameters });
    await viewer.consumer.resume();
    return { id, data: {} };
  };
  socket.on('message', async (text) => {
    try {
      socket.send(JSON.stringify({ response: true, ok: true, ...(await answer(text.toString())) }));
    } catch {
      // The viewer sees that it was lost, and the run that it has one viewer fewer.
      socket.close();
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
