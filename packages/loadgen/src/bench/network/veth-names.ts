/** Namespaces of the benchmark, by the process that made them. */
const NAMESPACE = /^spillway-bench-(\d+)$/;

/** Networks for measuring network devices (RFC 2544), which nobody routes: 198.18.N.0/30. */
const NETWORKS = 256;

/** The names and addresses of one network. */
export interface VethNames {
  readonly namespace: string;
  /** Of the machine's end, and of the namespace's. */
  readonly device: string;
  readonly peer: string;
  readonly near: string;
  readonly far: string;
}

/**
 * Names of a network for a process, with addresses that no other one of this machine has.
 *
 * @throws when there is none left
 */
export function freeSubnet(pid: number, taken: readonly { readonly address: string }[]): VethNames {
  for (let turn = 0; turn < NETWORKS; turn += 1) {
    const network = `198.18.${(pid + turn) % NETWORKS}.`;
    if (taken.some(({ address }) => address.startsWith(network))) continue;
    return {
      namespace: `spillway-bench-${pid}`,
      // A device's name has 15 characters at most.
      device: `swb${pid}`,
      peer: `swp${pid}`,
      near: `${network}1`,
      far: `${network}2`,
    };
  }
  throw new Error('no network is free between 198.18.0.0 and 198.18.255.0');
}

/** Of some namespaces those that a benchmark left which has ended. */
export function staleNamespaces(names: readonly string[], isAlive: (pid: number) => boolean): string[] {
  return names.filter((name) => {
    const pid = NAMESPACE.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
}
