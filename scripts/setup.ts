import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endCommandsWithThis } from './bootstrap/command.mjs';
import { withLock } from './bootstrap/lock.mjs';
import { failureText, note, runStep, StepError } from './bootstrap/steps.mjs';
import { canInstall, installCommand, installPackages, missingTools } from './setup/debian.ts';
import { ensurePages, pagesAreBuilt } from './setup/pages.ts';
import { ensureWorker } from './setup/worker.ts';

// Everything that a command needs beyond the packages: Debian's programs, the worker, the pages. Each step is skipped
// when there is nothing to do, and carries on where an earlier run was stopped. `--tests`: what the tests need too.

const root = resolve(import.meta.dirname, '..');
const stopping = new AbortController();

/** Programs that are missing do not stop the start: what needs them says so. */
async function ensureTools(who: 'server' | 'tests'): Promise<void> {
  const missing = missingTools(who);
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.package);
  const without = missing.map((tool) => `${tool.package} (without it: not ${tool.without})`).join(', ');
  if (!canInstall()) {
    note(`missing: ${without}; to install: ${installCommand(packages)}`);
    return;
  }
  try {
    await runStep(`installing ${packages.join(', ')}`, (detail) => installPackages(packages, detail));
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    note(failureText(error));
    note(`going on without ${without}; to install: ${installCommand(packages)}`);
  }
}

async function setUp(): Promise<void> {
  const { values } = parseArgs({ options: { tests: { type: 'boolean', default: false } } });
  const who = values.tests ? 'tests' : 'server';
  const wait = () => note('waiting for another run that is setting up');
  if (missingTools(who).length > 0) await withLock(root, () => ensureTools(who), wait);
  await ensureWorker(stopping.signal);
  if (!pagesAreBuilt(root)) await withLock(root, () => ensurePages(root), wait);
}

const release = endCommandsWithThis(() => stopping.abort());
try {
  await setUp();
} catch (error) {
  process.stderr.write(`${failureText(error)}\n`);
  process.exitCode = 1;
} finally {
  release();
}
