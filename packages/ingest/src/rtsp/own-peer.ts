import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * Whether a connection over loopback comes from a process of this user, as the kernel says (proc(5), /proc/net/tcp).
 * Other users can read in FFmpeg's command line where it connects to. Where the kernel does not say, it is taken as ours.
 */
export async function isOwnPeer({ remotePort, localPort, remoteFamily }: Socket): Promise<boolean> {
  const user = process.getuid?.();
  const table = await readFile(remoteFamily === 'IPv6' ? '/proc/net/tcp6' : '/proc/net/tcp', 'latin1').catch(
    () => '',
  );
  if (user === undefined || remotePort === undefined || localPort === undefined) return true;
  const owner = peerUser(table, remotePort, localPort);
  return owner === undefined || owner === user;
}

/**
 * User id of the process that has a connection; undefined when the table does not list it.
 *
 * @param table as /proc/net/tcp gives it
 * @param from the connection's port on that process's side
 * @param to its port on the other side
 */
export function peerUser(table: string, from: number, to: number): number | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const row = new RegExp(
    `^ *\\d+: [0-9A-F]+:${hex(from)} [0-9A-F]+:${hex(to)} 01 \\S+ \\S+ \\S+ +(\\d+) `,
    'm',
  ).exec(table);
  return row ? Number(row[1]) : undefined;
}
