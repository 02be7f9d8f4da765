import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Child, describeEnd } from '../process/child.ts';
import { type CameraMedia, cameraLaunch } from './camera-media.ts';
import { waitFor } from './wait-for.ts';

/*
 * A real RTSP server for tests: gst-rtsp-server, run by Debian's Python, serving files that FFmpeg made.
 *
 * Debian packages: gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad ffmpeg.
 */

export interface RtspServerOptions {
  /** TCP port on 127.0.0.1. Default 0: a free one. */
  readonly port?: number;
  /** What each path serves, such as `{ '/cam': 'h264' }`. */
  readonly mounts: Readonly<Record<string, CameraMedia | RtspMount>>;
  /** Who may see it. Default: everybody. */
  readonly auth?: RtspServerAuth;
}

export interface RtspMount {
  readonly media: CameraMedia;
  /**
   * Whether all clients see the same moment, as with a camera: those who join later begin between two key frames.
   * Default false: each client sees the file from its start.
   */
  readonly shared?: boolean;
}

export interface RtspServerAuth {
  /** `digest` is MD5 without qop here. */
  readonly scheme: 'basic' | 'digest';
  readonly username: string;
  readonly password: string;
}

export interface RtspServer {
  readonly port: number;
  readonly pid: number;
  /** The URL of a path, without credentials unless they are given; they are encoded here. */
  url(path: string, credentials?: { readonly username: string; readonly password: string }): string;
  /** Ends it with SIGTERM: connections are closed. Idempotent; resolves when it is gone and its port is free. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL. Idempotent; resolves when it is gone and its port is free. */
  kill(): Promise<void>;
  /** Makes it silent: connections stay (new ones too), and nothing is answered or sent. */
  freeze(): void;
  /** Goes on after `freeze`. */
  thaw(): void;
}

const SCRIPT = fileURLToPath(new URL('./rtsp-server.py', import.meta.url));
/** The system's own: only it has python3-gi. */
const PYTHON = '/usr/bin/python3';

/**
 * Starts a server, which ends with this process at the latest. Resolves when it listens. The first use of a kind of
 * media in a process encodes it, which takes seconds.
 *
 * A camera that comes back: `kill()` it and start another one with its `port`.
 *
 * @throws {Error} what the server said, when it does not start
 */
export async function startRtspServer({ port = 0, mounts, auth }: RtspServerOptions): Promise<RtspServer> {
  const launches: Record<string, { launch: string; shared: boolean }> = {};
  for (const [path, mount] of Object.entries(mounts)) {
    const { media, shared = false } = typeof mount === 'string' ? { media: mount } : mount;
    launches[path] = { launch: await cameraLaunch(media), shared };
  }
  let said = '';
  let words = '';
  const child = await Child.start({
    name: 'RTSP server',
    file: PYTHON,
    args: [SCRIPT],
    stdin: JSON.stringify({ port, mounts: launches, auth: auth ?? null }),
    onOutput: (output) => {
      output.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    },
    onWords: (text) => {
      words = (words + text).slice(-4000);
    },
  });
  const failed = child.ended.then((end) => {
    throw new Error(describeEnd('RTSP server', end, words.trim()));
  });
  // Of use until it listens; later its end is wanted.
  failed.catch(() => {});
  const listening = waitFor(
    'the RTSP server to listen',
    () => /^\{"port": (\d+)\}$/m.exec(said)?.[1],
    60_000,
  );
  listening.catch(() => {});
  try {
    return running(child, Number(await Promise.race([listening, failed])));
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function running(child: Child, port: number): RtspServer {
  const pid = child.pid ?? 0;
  const signal = (name: NodeJS.Signals) => {
    if (!isGone) process.kill(pid, name);
  };
  let isGone = false;
  const gone = child.ended.then(async () => {
    isGone = true;
    await waitFor('the port of the RTSP server', () => isFree(port));
  });
  return {
    port,
    pid,
    url: (path, credentials) => {
      const { username = '', password = '' } = credentials ?? {};
      const login = credentials ? `${encodeURIComponent(username)}:${encodeURIComponent(password)}@` : '';
      return `rtsp://${login}127.0.0.1:${port}${path}`;
    },
    stop: async () => {
      // A frozen one would not notice SIGTERM.
      signal('SIGCONT');
      await child.stop();
      await gone;
    },
    kill: async () => {
      signal('SIGKILL');
      await gone;
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
