import { join } from 'node:path';
import { hashFiles, readStamp, writeStamp } from '../bootstrap/stamp.mjs';
import { runStep } from '../bootstrap/steps.mjs';

const INPUTS = ['apps/web', 'packages/client', 'packages/protocol', 'pnpm-lock.yaml'];
const NO_INPUT = /^(node_modules|dist(\..*)?|\.vite)$|\.test\.ts$|\.md$/;

/** Whether the built pages are those of the present sources. */
export function pagesAreBuilt(root: string): boolean {
  return readStamp(stampFile(root)) === inputsHash(root);
}

const stampFile = (root: string) => join(root, 'apps/web/dist/.inputs');
const inputsHash = (root: string) => hashFiles(root, INPUTS, { skip: NO_INPUT });

/** Builds the pages unless they are built. The folder that is served is replaced as a whole. */
export async function ensurePages(root: string): Promise<void> {
  if (pagesAreBuilt(root)) return;
  await runStep('building the pages', async (detail) => {
    const hash = inputsHash(root);
    const { buildWeb } = await import('../../apps/web/build.ts');
    await buildWeb({ log: detail });
    writeStamp(stampFile(root), hash);
  });
}
