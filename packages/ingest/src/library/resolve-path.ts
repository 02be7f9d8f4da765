import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../input.ts';

/** A file of the video library as it is now. */
export interface FoundFile {
  /** Its real, absolute path. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was changed, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/**
 * Finds a file of the video library. All links are resolved: it must lie inside the library's real folder and be a regular
 * file that can be read.
 *
 * @param root the library's folder
 * @param path below it, such as `talks/opening.mp4`
 * @throws {InputError} final; why not
 */
export async function resolveLibraryPath(root: string, path: string): Promise<FoundFile> {
  const named = `The file ${quoted(path)}`;
  const folder = await realpath(root).catch(() => {
    throw refusal(
      `There is no video library at ${quoted(root)}. Make that folder and put the files there, or set another`,
    );
  });
  if (path === '' || path.startsWith('/') || path.includes('\0')) {
    throw refusal(`${named} is no path below the video library, such as talks/opening.mp4`);
  }
  const real = await realpath(join(folder, path)).catch((error: unknown) => {
    throw refusal(`${named} ${unreachable(error)}`);
  });
  if (!isInside(folder, real)) {
    throw refusal(`${named} lies outside the video library. Copy it there instead of linking to it`);
  }
  // A script for FFmpeg holds one file a line.
  if (hasControlCharacter(real)) {
    throw refusal(`${named} has a line break or another control character in its real name. Rename it`);
  }
  const { size, mtimeMs, isFile } = await kindOf(real).catch((error: unknown) => {
    throw refusal(`${named} ${unreachable(error)}`);
  });
  if (!isFile) throw refusal(`${named} is a folder, a pipe or a device. Name a file of the video library`);
  await access(real, constants.R_OK).catch(() => {
    throw refusal(`${named} may not be read by the server. Give its user the right to (chmod a+r)`);
  });
  return { path: real, size, modifiedMs: mtimeMs };
}

/** Whether a real path lies below a real folder. */
export function isInside(folder: string, real: string): boolean {
  return real.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** A path from outside, as messages show it. */
export function quoted(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

async function kindOf(path: string) {
  const found = await stat(path);
  return { size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() };
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function unreachable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES')
    return 'may not be read by the server. Give its user the right to (chmod a+r, a+x of folders)';
  if (code === 'ELOOP') return 'is a link that leads to itself. Mend the link';
  if (code === 'ENAMETOOLONG') return 'has too long a name';
  return 'is not in the video library. GET /api/v1/library lists what is';
}

function refusal(reason: string): InputError {
  return new InputError({ reason, final: true });
}
