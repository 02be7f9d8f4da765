// node cli.ts [OPTION...]: builds and runs the worker's own C++ tests; see options.ts and the package's README.
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheDirectory } from '../cache.ts';
import { CommandError, runCommand } from '../command.ts';
import { reasonOf } from '../errors.ts';
import { featuresOf } from '../features.ts';
import { acquireLock } from '../lock.ts';
import { writeManifest } from '../manifest.ts';
import { mediasoupPackage } from '../package.ts';
import { detectPlatform } from '../platform.ts';
import { recipeHash } from '../recipe.ts';
import { ensureToolchain } from '../toolchain.ts';
import { Findings } from './findings.ts';
import { parseTestOptions, type TestOptions, usage } from './options.ts';
import { type Variant, variantFor } from './variant.ts';
import { Workshop } from './workshop.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Builds a worker with the same options, for `MEDIASOUP_WORKER_BIN`. */
async function makeWorker(workshop: Workshop, { recipe, mesonArguments }: Variant, file: string) {
  const built = await workshop.build('mediasoup-worker', 'worker-objects', []);

  await mkdir(dirname(file), { recursive: true });
  await copyFile(built, file);
  await writeManifest(dirname(file), {
    mediasoup: mediasoupPackage().version,
    features: featuresOf(recipe).map(({ name }) => name),
    origin: 'build',
    recipe: recipeHash({ ...recipe, mesonArguments }),
    libsrtp: workshop.libraryName,
    meson: [...mesonArguments],
  });
  print(`MEDIASOUP_WORKER_BIN=${file}`);
}

/** @returns whether all tests passed and no sanitizer complained. */
async function runTests(workshop: Workshop, variant: Variant, args: readonly string[]): Promise<boolean> {
  const program = await workshop.build('mediasoup-worker-test', 'objects', ['-Dms_build_tests=true']);
  const findings = new Findings();
  let passed = true;

  try {
    await runCommand(program, args, {
      cwd: workshop.sourceDir,
      env: { ...process.env, ...variant.env },
      onLine: (line) => {
        print(line);
        findings.add(line);
      },
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    passed = false;
    print(error.message);
  }
  for (const finding of findings.list) {
    print(`finding: ${finding}`);
  }

  return passed && findings.list.length === 0;
}

/** @returns whether all went well. */
async function main(options: TestOptions): Promise<boolean> {
  const variant = variantFor(options);
  const dir = join(cacheDirectory(process.env), 'worker-tests');

  await ensureToolchain({
    platform: detectPlatform(),
    env: process.env,
    allowInstall: true,
    tests: true,
    log: print,
  });
  await mkdir(dir, { recursive: true });
  const release = await acquireLock(join(dir, 'lock'), {
    onWait: () => print('waiting for another run of these tests'),
  });

  try {
    const workshop = await Workshop.open({ dir, variant, jobs: options.jobs, log: print });

    if (options.worker === undefined) {
      return await runTests(workshop, variant, options.testArguments);
    }
    await makeWorker(workshop, variant, resolve(options.worker));

    return true;
  } finally {
    release();
  }
}

/** What could not be begun or built: with the last words of the command that failed. */
function failure(error: unknown): string {
  return [...(error instanceof CommandError ? error.lastLines : []), reasonOf(error)].join('\n');
}

function optionsOrUsage(): TestOptions | undefined {
  try {
    return parseTestOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n${usage}\n`);
    return undefined;
  }
}

const options = optionsOrUsage();

try {
  process.exitCode = options && (await main(options)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${failure(error)}\n`);
  process.exitCode = 1;
}
