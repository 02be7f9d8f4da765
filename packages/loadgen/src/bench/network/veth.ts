import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { freeSubnet, staleNamespaces } from './veth-names.ts';

const run = promisify(execFile);

/**
 * A network namespace of its own, with a pair of virtual Ethernet devices between it and the machine. Packets go the way of a
 * network device there, not that of loopback.
 */
export class VethNetwork {
  /** IPv4 address of the machine's end. */
  readonly address: string;
  /** Command line that runs what follows it in the namespace. */
  readonly launcher: readonly string[];
  readonly #namespace: string;
  #closed = false;

  /**
   * Makes it, and takes away what runs left that were killed.
   *
   * @throws when that takes root, which this process is not, or the system has no such devices
   */
  static async create(): Promise<VethNetwork> {
    if (process.getuid?.() !== 0) throw new Error('network namespaces take root');
    const { namespace, device, peer, near, far } = await plan();
    const network = new VethNetwork(namespace, near);
    try {
      await ip('netns', 'add', namespace);
      await ip('link', 'add', device, 'type', 'veth', 'peer', 'name', peer, 'netns', namespace);
      await ip('addr', 'add', `${near}/30`, 'dev', device);
      await ip('link', 'set', device, 'up');
      await ip('-n', namespace, 'addr', 'add', `${far}/30`, 'dev', peer);
      await ip('-n', namespace, 'link', 'set', peer, 'up');
      await ip('-n', namespace, 'link', 'set', 'lo', 'up');
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  private constructor(namespace: string, address: string) {
    this.#namespace = namespace;
    this.address = address;
    this.launcher = ['ip', 'netns', 'exec', namespace];
  }

  /** Takes the namespace away, and the devices with it. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await ip('netns', 'del', this.#namespace).catch(() => {});
  }
}

async function plan() {
  const namespaces = (await ip('netns', 'list')).split('\n').map((line) => line.split(' ')[0] ?? '');
  const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
  for (const stale of staleNamespaces(namespaces, isAlive)) await ip('netns', 'del', stale);
  return freeSubnet(
    process.pid,
    Object.values(networkInterfaces()).flatMap((each) => each ?? []),
  );
}

/** @throws with what `ip` says */
async function ip(...args: string[]): Promise<string> {
  try {
    return (await run('ip', args)).stdout;
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(stderr || `the command ip cannot be run: ${error}`);
  }
}
