import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const formats = { '.br': promisify(brotliCompress), '.gz': promisify(gzip) };

/** Files that shrink; pictures are compressed already. */
const COMPRESSIBLE = /\.(html|css|js|svg)$/;

/** Puts a Brotli and a gzip copy beside each text file of a folder, for the server to send to whoever takes it. */
export async function compressFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name));
  await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = join(parentPath, name);
      const contents = await readFile(file);
      for (const [ending, compress] of Object.entries(formats)) {
        await writeFile(`${file}${ending}`, await compress(contents));
      }
    }),
  );
}
