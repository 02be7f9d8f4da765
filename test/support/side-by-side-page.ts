import type { counterStrip } from './frame-counter.ts';

/** A picture as a player showed it. */
export interface SeenPicture {
  /** When, by the page's clock, which is that of all its players. Milliseconds. */
  readonly at: number;
  /** The number in the picture. */
  readonly number: number;
  /** RTP timestamp, 90 kHz. */
  readonly rtp: number;
  /** Whether a user saw it: nothing covered the video. */
  readonly visible: boolean;
}

/** Where in its group of pictures another player is to be. */
export interface Place {
  /** That player. */
  readonly of: string;
  /** Frames after the key frame, at least, and at most half a second later. */
  readonly from: number;
  /** Frames of a group. */
  readonly group: number;
}

/** What a player has received so far (`RTCInboundRtpStreamStats`). */
export interface Reception {
  /** When this was so, by the page's clock. Milliseconds. */
  readonly at: number;
  readonly freezes: number;
  readonly framesDecoded: number;
  readonly framesDropped: number;
  readonly packetsLost: number;
  readonly retransmitted: number;
  readonly keyFrameRequests: number;
  /** What each picture has waited in the jitter buffer, summed up. Milliseconds. */
  readonly waited: number;
  /** Pictures that have waited so. */
  readonly emitted: number;
  /** By how much what is seen is ahead of what is heard; undefined before the sender's reports. Milliseconds. */
  readonly ahead: number | undefined;
}

/** What {@link watchPlayers} leaves in the page, as `sideBySide`. */
export interface PlayersWatch {
  readonly seen: Readonly<Record<string, SeenPicture[]>>;
  /** Adds a player. */
  add(name: string, attributes: Record<string, string>): void;
  /** Does something when another player shows a picture at a place; gives when, and the picture's number. */
  when(place: Place, act: () => void): Promise<{ at: number; number: number }>;
  /** What a player has received, at first and then twice a second. */
  readonly receptions: Readonly<Record<string, Reception[]>>;
}

/** Runs in the page, whose script collects its connections as `testPeers`. */
export function watchPlayers({ bits, width, height }: typeof counterStrip): void {
  const seen: Record<string, SeenPicture[]> = {};
  const receptions: Record<string, Reception[]> = {};
  const first: [name: string, peer: number][] = [];
  const allPeers = (): RTCPeerConnection[] => Reflect.get(globalThis, 'testPeers');
  // Each cell becomes four pixels wide and high, of which one in its middle is looked at.
  const canvas = new OffscreenCanvas(4 * bits, 8);
  const context = canvas.getContext('2d', { willReadFrequently: true });

  const read = (video: HTMLVideoElement): number | undefined => {
    context?.drawImage(video, 0, 0, width, height, 0, 0, canvas.width, canvas.height);
    const data = context?.getImageData(0, 0, canvas.width, canvas.height).data;
    let number = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const green = (row: number) => data?.[4 * (row * canvas.width + 4 * bit + 2) + 1] ?? 0;
      const difference = green(2) - green(6);
      if (Math.abs(difference) < 64) return undefined;
      if (difference > 0) number += 2 ** bit;
    }
    return number;
  };
  const follow = (name: string, player: Element): void => {
    const video = player.shadowRoot?.querySelector('video');
    if (!video) {
      setTimeout(() => follow(name, player), 0);
      return;
    }
    const note: VideoFrameRequestCallback = (now, { rtpTimestamp = 0 }) => {
      video.requestVideoFrameCallback(note);
      const number = read(video);
      if (number === undefined) return;
      // Before this picture is painted, when the player has decided what to do with it.
      requestAnimationFrame(() => {
        const cover = player.shadowRoot?.querySelector('.message.cover, canvas:not([hidden])');
        seen[name]?.push({ at: now, number, rtp: rtpTimestamp, visible: !cover });
      });
    };
    video.requestVideoFrameCallback(note);
  };

  const measure = async (name: string): Promise<void> => {
    const index = first.findIndex((entry) => entry[0] === name);
    const peers = allPeers().slice(first[index]?.[1], first[index + 1]?.[1]);
    const open = peers.filter(({ connectionState }) => connectionState === 'connected');
    const reports = await Promise.all(open.map((peer) => peer.getStats()));
    const streams = reports.flatMap((report) =>
      [...report.values()].filter(({ type }) => type === 'inbound-rtp'),
    );
    const video = streams.find(({ kind }) => kind === 'video') ?? {};
    const audio = streams.find(({ kind }) => kind === 'audio') ?? {};
    const [look, sound] = [video.estimatedPlayoutTimestamp, audio.estimatedPlayoutTimestamp];
    receptions[name]?.push({
      at: performance.now(),
      freezes: video.freezeCount ?? 0,
      framesDecoded: video.framesDecoded ?? 0,
      framesDropped: video.framesDropped ?? 0,
      packetsLost: video.packetsLost ?? 0,
      retransmitted: video.retransmittedPacketsReceived ?? 0,
      keyFrameRequests: (video.pliCount ?? 0) + (video.firCount ?? 0),
      waited: 1000 * (video.jitterBufferDelay ?? 0),
      emitted: video.jitterBufferEmittedCount ?? 0,
      ahead: look && sound ? look - sound : undefined,
    });
  };
  setInterval(() => first.forEach(([name]) => void measure(name)), 500);

  const watch: PlayersWatch = {
    seen,
    receptions,
    add(name, attributes) {
      first.push([name, allPeers().length]);
      seen[name] = [];
      receptions[name] = [];
      const player = document.createElement('spillway-player');
      player.id = name;
      for (const [key, value] of Object.entries(attributes)) player.setAttribute(key, value);
      document.body.append(player);
      follow(name, player);
    },
    async when({ of, from, group }, act) {
      for (;;) {
        const { at, number } = seen[of]?.at(-1) ?? { at: 0, number: 0 };
        const place = number % group;
        if (at > performance.now() - 100 && place >= from && place < from + 15) {
          act();
          return { at: performance.now(), number };
        }
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    },
  };
  Object.assign(globalThis, { sideBySide: watch });
}
