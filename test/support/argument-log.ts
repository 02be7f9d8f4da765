import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll } from 'vitest';

/** Keeps the arguments of every run of some programs by a server, however short it was. */
export interface ArgumentLog {
  /** For the server. */
  readonly env: Readonly<Record<string, string>>;
  /** All arguments of all runs so far. */
  read(): string;
}

/** Puts programs before FFmpeg and ffprobe that write down their arguments and become those. Removed at the end of the file. */
export function useArgumentLog(): ArgumentLog {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-arguments-'));
  const path = process.env.PATH ?? '';
  const log = join(folder, 'log');
  for (const name of ['ffmpeg', 'ffprobe']) {
    const program = join(folder, name);
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\nPATH='${path}' exec ${name} "$@"\n`;
    writeFileSync(program, script);
    chmodSync(program, 0o755);
  }
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    env: { PATH: `${folder}${delimiter}${path}` },
    read: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
  };
}
