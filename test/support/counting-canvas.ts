import type { BrowserContext, Page } from 'playwright-core';
import { counterStrip } from './frame-counter.ts';

interface CanvasOptions {
  readonly url: string;
  readonly token: string;
  readonly codec: string;
  readonly strip: typeof counterStrip;
  readonly framesPerSecond: number;
  readonly framesPerGop: number;
}

/** Runs in the page: publishes by WHIP a canvas that counts its frames, and a tone. */
async function publishCanvas(options: CanvasOptions): Promise<void> {
  const { url, token, codec, strip, framesPerSecond, framesPerGop } = options;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: strip.width, height: 180 });
  const context = canvas.getContext('2d');
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const sound = audio.createMediaStreamDestination();
  tone.connect(sound);
  tone.start();
  const [soundTrack] = sound.stream.getAudioTracks();
  const [picture] = canvas.captureStream().getVideoTracks();
  if (!context || !picture || !soundTrack) throw new Error('no media');

  const connection = new RTCPeerConnection();
  connection.addTransceiver(soundTrack, { direction: 'sendonly' });
  const transceiver = connection.addTransceiver(picture, { direction: 'sendonly' });
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === `video/${codec}`));
  const { sender } = transceiver;

  const start = performance.now();
  const cell = strip.width / strip.bits;
  let drawn = -1;
  const draw = () => {
    requestAnimationFrame(draw);
    const number = Math.floor(((performance.now() - start) * framesPerSecond) / 1000);
    if (number === drawn) return;
    const isFirst = Math.floor(number / framesPerGop) > Math.floor(drawn / framesPerGop);
    drawn = number;
    for (let bit = 0; bit < strip.bits; bit += 1) {
      const isOne = Math.floor(number / 2 ** bit) % 2 === 1;
      context.fillStyle = isOne ? 'white' : 'black';
      context.fillRect(bit * cell, 0, cell, cell);
      context.fillStyle = isOne ? 'black' : 'white';
      context.fillRect(bit * cell, cell, cell, cell);
    }
    // Something for the encoder to do in each frame.
    context.fillStyle = `hsl(${number % 360} 60% 50%)`;
    context.fillRect((number * 3) % strip.width, 2 * cell, 80, 180);
    const parameters = sender.getParameters();
    if (isFirst && parameters.encodings.length > 0) {
      // WebRTC extensions, not in TypeScript's library yet.
      Reflect.apply(sender.setParameters, sender, [parameters, { encodingOptions: [{ keyFrame: true }] }]);
    }
  };
  draw();

  await connection.setLocalDescription();
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' },
    body: connection.localDescription?.sdp ?? '',
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`the server answered ${response.status}: ${answer}`);
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
}

/**
 * A browser that publishes by WHIP a picture that shows its number, with a key frame every so many frames. It would answer a
 * request for another one; but it counts them.
 */
export class CountingCanvas {
  readonly #page: Page;

  /** @param server base URL */
  static async publish(
    context: BrowserContext,
    server: string,
    options: Omit<CanvasOptions, 'strip'>,
  ): Promise<CountingCanvas> {
    const page = await context.newPage();
    await page.goto(server);
    await page.evaluate(publishCanvas, { ...options, strip: counterStrip });
    return new CountingCanvas(page);
  }

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Requests for a key frame that have come (PLI, FIR). */
  requests(): Promise<number> {
    return this.#page.evaluate(async () => {
      const peers: RTCPeerConnection[] = Reflect.get(globalThis, 'testPeers');
      const reports = await Promise.all(peers.map((peer) => peer.getStats()));
      const sent = reports
        .flatMap((report) => [...report.values()])
        .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video');
      return sent.reduce((sum, { pliCount = 0, firCount = 0 }) => sum + pliCount + firCount, 0);
    });
  }
}
