import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** CPU time of the whole machine since its start, all cores. In ticks of the kernel. */
export interface MachineTicks {
  readonly total: number;
  readonly idle: number;
  /** Taken by the hypervisor for others. */
  readonly steal: number;
}

/** How busy the machine was over a time. Parts of all cores, 0 to 1. */
export interface MachineUsage {
  readonly idle: number;
  readonly steal: number;
}

/** Below this idle part, or above this stolen part, processes waited for the CPU, and times say little. */
const LEAST_IDLE = 0.05;
const MOST_STEAL = 0.02;

export function machineTicks(): MachineTicks {
  return parseTicks(readFileSync('/proc/stat', 'utf8'));
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseTicks(text: string): MachineTicks {
  const [, ...fields] = (text.split('\n')[0] ?? '').split(/\s+/).map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields;
  return {
    total: user + nice + system + idle + iowait + irq + softirq + steal,
    idle: idle + iowait,
    steal,
  };
}

export function machineUsage(before: MachineTicks, after: MachineTicks): MachineUsage {
  const total = Math.max(1, after.total - before.total);
  return { idle: (after.idle - before.idle) / total, steal: (after.steal - before.steal) / total };
}

/** Whether processes had to wait for the CPU. CPU times hold then too, roughly; delays and joins do not. */
export function isSaturated({ idle, steal }: MachineUsage): boolean {
  return idle < LEAST_IDLE || steal > MOST_STEAL;
}

/** What the results were measured on. */
export interface MachineDescription {
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
}

export function describeMachine(): MachineDescription {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() || 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    kernel: `Linux ${release()}`,
    node: process.version,
  };
}
