import { fileURLToPath } from 'node:url';
import { compileCheck } from '@spillway/protocol';
import { findWorker } from '@spillway/worker';
import { type Feedback, HarnessAddress, type HarnessOptions } from '../harness/harness-options.ts';
import { BenchChild } from './child-process.ts';
import type { FeedShape, FeedTarget } from './feed.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { PROBE, ProbeReport } from './probe-report.ts';
import type { Subject, SubjectOptions } from './subject.ts';
import { environmentWithout } from './worker-feature.ts';

const checkAddress = compileCheck(HarnessAddress);
const checkProbe = compileCheck(ProbeReport);

/** The SSRC and payload type of the harness's video. */
const STREAM = { ssrc: 0x5350_5759, payloadType: 101 };

/** What the server's viewers of a broadcast with one layer negotiate. */
export const serverFeedback: Feedback = { transportCc: false, retransmission: 'rtx', absSendTime: false };

/** The socket buffers of the server's workers. Bytes. */
const SERVER_BUFFER = 4 * 1024 * 1024;

export interface BareOptions extends SubjectOptions {
  readonly feedback?: Feedback;
}

/** mediasoup alone, in a process of its own: see `harness/bare-harness.ts`. */
export class BareSubject implements Subject {
  readonly rooms = ['bench'];
  readonly #child: BenchChild;
  readonly #address: HarnessAddress;
  readonly #startSeconds: number;

  /** @throws when it does not start */
  static async start(options: BareOptions, codec: FeedShape['codec']): Promise<BareSubject> {
    const { workers = 1, feedback = serverFeedback, without = [] } = options;
    const { path } = await findWorker();
    const start = performance.now();
    const harness: HarnessOptions = {
      workerBin: path,
      workers,
      feedback,
      codec,
      socketBuffer: SERVER_BUFFER,
      ...STREAM,
    };
    const folder = new URL('.', import.meta.url);
    const child = new BenchChild({
      module: fileURLToPath(new URL('../harness/bare-harness.ts', folder)),
      args: [JSON.stringify(harness)],
      nodeArgs: ['--expose-gc', '--import', fileURLToPath(new URL('probe.ts', folder))],
      env: { ...inheritedEnvironment(process.env), ...environmentWithout(without) },
    });
    const address = checkAddress(await child.ready());
    if (address.ok) return new BareSubject(child, address.value, (performance.now() - start) / 1000);
    await child.close();
    throw new Error(`the harness answered ${address.error}`);
  }

  private constructor(child: BenchChild, address: HarnessAddress, startSeconds: number) {
    this.#child = child;
    this.#address = address;
    this.#startSeconds = startSeconds;
  }

  get url(): string {
    return this.#address.url;
  }

  get targets(): readonly FeedTarget[] {
    const { rtpPort, rtcpPort } = this.#address;
    return [{ port: rtpPort, rtcpPort, ...STREAM }];
  }

  get nodePid(): number {
    return this.#child.pid;
  }

  get workerPids(): readonly number[] {
    return this.#address.workerPids;
  }

  get startSeconds(): number {
    return this.#startSeconds;
  }

  async probe(): Promise<ProbeReport> {
    const report = checkProbe(await this.#child.ask(PROBE));
    if (!report.ok) throw new Error(`the probe answered ${report.error}`);
    return report.value;
  }

  async whenLive(): Promise<void> {}

  close(): Promise<void> {
    return this.#child.close();
  }
}
