import { Buffer } from 'node:buffer';
import { PictureWatch } from './picture-watch.ts';
import type { Player, Publisher, Received } from './player.ts';
import { deleteSession } from './session.ts';

/** What Playwright's and Puppeteer's pages have in common. */
export interface ScriptablePage {
  evaluate(script: (argument: string) => Promise<string>, argument: string): Promise<string>;
  close(): Promise<void>;
}

/** A peer connection in a page, with what is noted of it there. */
interface PagePeer {
  readonly connection: RTCPeerConnection;
  readonly answer: string;
  readonly location: string;
  readonly video?: HTMLVideoElement;
  /** Shown so far. */
  frames: number;
}

export interface PublishOptions {
  readonly url: string;
  readonly token: string;
  readonly codec: 'VP8' | 'H264';
  /** Of the picture. Default 320x180. Pixels. */
  readonly size?: readonly [width: number, height: number];
  /** RIDs of the layers, the smallest first, each twice as wide as the one before. Default: no simulcast. */
  readonly layers?: readonly string[];
}

/** Runs in the page. Takes the options as JSON and gives the session's URL. */
async function publishInPage(options: string): Promise<string> {
  const { url, token, codec, size, layers }: Required<PublishOptions> = JSON.parse(options);
  const canvas = document.createElement('canvas');
  const [width, height] = size;
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  let at = 0;
  const draw = () => {
    at = (at + width / 40) % width;
    context.fillStyle = '#234';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#fe8';
    context.fillRect(at, height / 8, width / 8, (height * 3) / 4);
  };
  draw();
  setInterval(draw, 66);
  const [picture] = canvas.captureStream(15).getVideoTracks();
  const [sound] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
  if (!picture || !sound) throw new Error('no media');

  const connection = new RTCPeerConnection();
  connection.addTransceiver(sound, { direction: 'sendonly' });
  const encodings = layers.map((rid, index) => ({
    rid,
    scaleResolutionDownBy: 2 ** (layers.length - 1 - index),
  }));
  const transceiver = connection.addTransceiver(picture, {
    direction: 'sendonly',
    ...(encodings.length > 0 ? { sendEncodings: encodings } : {}),
  });
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === `video/${codec}`));
  await connection.setLocalDescription();
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' },
    body: connection.localDescription?.sdp ?? '',
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`the server answered ${response.status}: ${answer}`);
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  const location = new URL(response.headers.get('location') ?? '', url).href;
  const peer: PagePeer = { connection, answer, location, frames: 0 };
  Object.assign(globalThis, { testPeer: peer });
  return location;
}

/** Runs in the page. Gives the session's URL. */
async function playInPage(url: string): Promise<string> {
  const video = document.createElement('video');
  const stream = new MediaStream();
  Object.assign(video, { autoplay: true, playsInline: true, srcObject: stream });
  document.body.append(video);
  const connection = new RTCPeerConnection();
  connection.addEventListener('track', ({ track }) => stream.addTrack(track));
  for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
  await connection.setLocalDescription();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: connection.localDescription?.sdp ?? '',
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`the server answered ${response.status}: ${answer}`);
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  const location = new URL(response.headers.get('location') ?? '', url).href;
  const peer: PagePeer = { connection, answer, location, video, frames: 0 };
  Object.assign(globalThis, { testPeer: peer });
  const count = () => {
    peer.frames += 1;
    video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
  return location;
}

/** What the page shows and hears now. */
interface PageLook {
  readonly state: string;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** RGBA in base64; none before the first frame. */
  readonly pixels: string | undefined;
  /** `totalAudioEnergy`, `totalSamplesDuration` and `totalSamplesReceived` of the sound. */
  readonly energy: number;
  readonly duration: number;
  readonly samples: number;
}

/** Runs in the page. Takes the size in which to look as JSON, and gives a {@link PageLook} as JSON. */
async function lookInPage(size: string): Promise<string> {
  const [width, height]: [number, number] = JSON.parse(size);
  const { connection, video, frames }: PagePeer = Reflect.get(globalThis, 'testPeer');
  if (!video) throw new Error('the page does not play');
  const sounds = [...(await connection.getStats()).values()].filter(
    ({ type, kind }) => type === 'inbound-rtp' && kind === 'audio',
  );
  const sum = (name: string) => sounds.reduce((all: number, each) => all + (each[name] ?? 0), 0);
  let pixels: string | undefined;
  if (frames > 0) {
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context?.drawImage(video, 0, 0, width, height);
    const data = context?.getImageData(0, 0, width, height).data;
    pixels = data && new Uint8Array(data.buffer).toBase64();
  }
  const look: PageLook = {
    state: `${connection.connectionState}, ICE ${connection.iceConnectionState}`,
    frames,
    width: video.videoWidth,
    height: video.videoHeight,
    pixels,
    energy: sum('totalAudioEnergy'),
    duration: sum('totalSamplesDuration'),
    samples: sum('totalSamplesReceived'),
  };
  return JSON.stringify(look);
}

/** Runs in the page. Restarts ICE as RFC 9725 (4.3.3) says; gives the fragment that the server has answered with. */
async function restartIceInPage(token: string): Promise<string> {
  const { connection, answer, location }: PagePeer = Reflect.get(globalThis, 'testPeer');
  connection.restartIce();
  await connection.setLocalDescription();
  const offer = connection.localDescription?.sdp ?? '';
  const first = (name: string, sdp: string) => sdp.split('\r\n').find((line) => line.startsWith(name)) ?? '';
  const fragment = [
    first('a=group:BUNDLE', offer),
    first('m=', offer),
    first('a=mid:', offer),
    first('a=ice-ufrag:', offer),
    first('a=ice-pwd:', offer),
    '',
  ];
  const response = await fetch(location, {
    method: 'PATCH',
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      'content-type': 'application/trickle-ice-sdpfrag',
      'if-match': '*',
    },
    body: fragment.join('\r\n'),
  });
  const restarted = await response.text();
  if (response.status !== 200) throw new Error(`the server answered ${response.status}: ${restarted}`);
  const sdp = answer
    .replaceAll(/a=ice-ufrag:.*/g, first('a=ice-ufrag:', restarted))
    .replaceAll(/a=ice-pwd:.*/g, first('a=ice-pwd:', restarted));
  await connection.setRemoteDescription({ type: 'answer', sdp });
  return restarted;
}

/** Runs in the page. Gives the id of the candidate pair in use. */
async function selectedPathInPage(): Promise<string> {
  const { connection }: PagePeer = Reflect.get(globalThis, 'testPeer');
  const report = [...(await connection.getStats()).values()];
  const transport = report.find(({ type }) => type === 'transport');
  // Firefox has no transport in its report, but a mark at the pair.
  const pair = report.find(({ type, selected }) => type === 'candidate-pair' && selected);
  return transport?.selectedCandidatePairId ?? pair?.id ?? '';
}

/** Size in which pictures are looked at. Pixels. */
const SIZE = [64, 36] as const;

/** A plain `RTCPeerConnection` in a page that speaks WHIP or WHEP without any SDK. */
export class BrowserPeer implements Player, Publisher {
  readonly page: ScriptablePage;
  readonly location: string;
  readonly #token: string;
  readonly #watch = new PictureWatch();
  #last: PageLook | undefined;

  /**
   * Publishes a bright bar that wanders, and the browser's artificial microphone.
   *
   * @param page of the server's origin, or another one that may reach it
   */
  static async publish(page: ScriptablePage, options: PublishOptions): Promise<BrowserPeer> {
    const all: Required<PublishOptions> = { size: [320, 180], layers: [], ...options };
    const location = await page.evaluate(publishInPage, JSON.stringify(all));
    return new BrowserPeer(page, location, options.token);
  }

  static async play(page: ScriptablePage, url: string): Promise<BrowserPeer> {
    return new BrowserPeer(page, await page.evaluate(playInPage, url), '');
  }

  private constructor(page: ScriptablePage, location: string, token: string) {
    this.page = page;
    this.location = location;
    this.#token = token;
  }

  async received(): Promise<Received> {
    const look: PageLook = JSON.parse(await this.page.evaluate(lookInPage, JSON.stringify(SIZE)));
    const { frames, width, height, pixels, samples } = look;
    const seconds = look.duration - (this.#last?.duration ?? 0);
    const energy = look.energy - (this.#last?.energy ?? 0);
    this.#last = look;
    if (pixels) this.#watch.look({ width: SIZE[0], height: SIZE[1], data: Buffer.from(pixels, 'base64') });
    return {
      video: { frames, width, height, ...this.#watch.seen },
      audio: { frames: samples, rms: seconds > 0 && energy > 0 ? Math.sqrt(energy / seconds) : 0 },
    };
  }

  describe(): unknown {
    const { pixels: _, ...rest } = this.#last ?? {};
    return rest;
  }

  /**
   * Restarts ICE by PATCH; gives the fragment that the server has answered with.
   *
   * @throws when the server answers anything but 200
   */
  async restartIce(): Promise<string> {
    return this.page.evaluate(restartIceInPage, this.#token);
  }

  /** What tells the network path in use from others, also from the same one with other ICE credentials. */
  async selectedPath(): Promise<string> {
    return this.page.evaluate(selectedPathInPage, '');
  }

  async end(): Promise<number> {
    const status = await deleteSession(this.location, this.#token);
    await this.page.close();
    return status;
  }

  async kill(): Promise<void> {
    await this.page.close();
  }
}
