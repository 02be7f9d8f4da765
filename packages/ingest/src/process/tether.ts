import { execFile } from 'node:child_process';

/*
 * A tether ends a child with its server, even when the server gets SIGKILL and can do nothing about it.
 *
 * `pdeathsig`: the kernel sends SIGKILL to the child when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG),
 * set by util-linux's setpriv. Linux only.
 *
 * `guard`: any POSIX system. A small shell beside the child reads a pipe whose other end the server holds. End of file
 * means that the server is gone.
 */
export type Tether = 'pdeathsig' | 'guard';

export interface TetheredCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Whether file descriptor 3 must be a pipe: a line written to it lets the guard go, its end kills the child. */
  readonly pipe: boolean;
}

export interface TetherOptions {
  readonly tether: Tether;
  /** Process id of the server. */
  readonly parent: number;
  /** The program, by its absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  /** Bytes of address space that it may take; a system that cannot limit it does without. */
  readonly memoryLimit: number;
}

const LIMIT_MEMORY = 'ulimit -v "$1" 2>/dev/null; shift';

/** A parent that died before setpriv ran would never be noticed: the child has another parent then. */
const PDEATHSIG_SCRIPT = `[ "$PPID" = "$1" ] || exit 1; shift; ${LIMIT_MEMORY}; exec "$@"`;

/** In a subshell `$$` stays the process id of the shell, which the child takes over by exec. */
const GUARD_SCRIPT = `( read -r _ <&3 || kill -KILL $$ ) </dev/null >/dev/null 2>&1 & ${LIMIT_MEMORY}; exec "$@" 3<&-`;

/** How to start a program tethered to its server. The child gets the process id of what is started. */
export function tetheredCommand(options: TetherOptions): TetheredCommand {
  const { tether, parent, file, args, memoryLimit } = options;
  const rest = [`${Math.floor(memoryLimit / 1024)}`, file, ...args];
  if (tether === 'guard') return { file: 'sh', args: ['-c', GUARD_SCRIPT, 'sh', ...rest], pipe: true };
  const command = ['sh', '-c', PDEATHSIG_SCRIPT, 'sh', `${parent}`, ...rest];
  return { file: 'setpriv', args: ['--pdeathsig', 'KILL', '--', ...command], pipe: false };
}

let found: Promise<Tether> | undefined;

/** The best tether of this machine. Tried once: some builds of setpriv (BusyBox) know no `--pdeathsig`. */
export function findTether(): Promise<Tether> {
  found ??= new Promise((resolve) => {
    execFile('setpriv', ['--pdeathsig', 'KILL', '--', 'true'], { timeout: 5000 }, (error) =>
      resolve(error ? 'guard' : 'pdeathsig'),
    );
  });
  return found;
}
