import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { jobCount, parseProgress } from '../build.ts';
import { runCommand } from '../command.ts';
import { mediasoupPackage } from '../package.ts';
import { prepareSource } from '../source.ts';
import { buildSrtpLibrary, type SrtpLibrary } from '../srtp-library.ts';
import { mirror } from './mirror.ts';
import type { Variant } from './variant.ts';

/** Where and how to build. */
export interface WorkshopOptions {
  /** The folder of all variants. */
  readonly dir: string;
  readonly variant: Variant;
  /** Default: as many as cores and memory allow. */
  readonly jobs: number | undefined;
  readonly log: (line: string) => void;
}

const LIBRARY_FILE = 'library.json';
const ARGUMENTS_FILE = 'arguments.json';

/** A folder of sources and objects that is kept, so that a change costs seconds and not minutes. */
export class Workshop {
  readonly #options: WorkshopOptions;
  readonly #dir: string;
  #library: SrtpLibrary = { name: 'system', env: {} };

  private constructor(options: WorkshopOptions) {
    this.#options = options;
    this.#dir = join(options.dir, options.variant.folder);
  }

  /** Opens a folder and brings its sources up to date. */
  static async open(options: WorkshopOptions): Promise<Workshop> {
    const workshop = new Workshop(options);

    await workshop.#prepare();

    return workshop;
  }

  /** The sources, and the folder to run tests in. */
  get sourceDir(): string {
    return join(this.#dir, 'source');
  }

  /** Which libsrtp is used, as manifests name it. */
  get libraryName(): SrtpLibrary['name'] {
    return this.#library.name;
  }

  async #prepare(): Promise<void> {
    const { variant, log } = this.#options;
    const fresh = join(this.#dir, 'source.new');

    await rm(fresh, { recursive: true, force: true });
    await mkdir(this.#dir, { recursive: true });
    await prepareSource({
      workerDir: mediasoupPackage().workerDir,
      target: fresh,
      recipe: variant.recipe,
      env: process.env,
    });
    log(`${await mirror(fresh, this.sourceDir)} source files have changed`);
    await rm(fresh, { recursive: true });
    this.#library = await this.#srtpLibrary();
  }

  /** Built once; that of the system is looked for again. */
  async #srtpLibrary(): Promise<SrtpLibrary> {
    const { variant, log } = this.#options;
    const dir = join(this.#dir, 'srtp');
    const prefix = join(dir, 'prefix', 'lib', 'pkgconfig');

    if (existsSync(join(dir, LIBRARY_FILE))) {
      return { name: 'openssl-static', env: { PKG_CONFIG_PATH: prefix } };
    }
    await rm(dir, { recursive: true, force: true });
    const library = await buildSrtpLibrary({ dir, recipe: variant.recipe, env: process.env, log });

    if (library.name === 'openssl-static') {
      await writeFile(join(dir, LIBRARY_FILE), JSON.stringify(library.name));
    }

    return library;
  }

  /**
   * Builds a target.
   *
   * @param objects name of a folder of objects, one for each set of arguments
   * @returns the path of the program.
   */
  async build(target: string, objects: string, extraArguments: readonly string[]): Promise<string> {
    const { variant, jobs, log } = this.#options;
    const dir = join(this.#dir, objects);
    const meson = [...variant.mesonArguments, ...extraArguments];
    const env = {
      ...process.env,
      ...this.#library.env,
      LC_ALL: 'C.UTF-8',
      CLICOLOR_FORCE: '0',
      NINJA_STATUS: '[%f/%t] ',
    };
    const run = (command: string, args: readonly string[]) =>
      runCommand(command, args, {
        cwd: this.sourceDir,
        env,
        // Every line but those of the many files in between, which say nothing.
        onLine: (line) => {
          const progress = parseProgress(line);

          if (!progress || progress.done % 20 === 0 || progress.done === progress.total) log(line);
        },
      });

    if (!(await isSetUp(dir, meson))) {
      await rm(dir, { recursive: true, force: true });
      await run('meson', ['setup', ...meson, dir]);
      await writeFile(join(dir, ARGUMENTS_FILE), JSON.stringify(meson));
    }
    await run('ninja', ['-C', dir, '-j', `${jobs ?? jobCount(availableParallelism(), totalmem())}`, target]);

    return join(dir, target);
  }
}

async function isSetUp(dir: string, meson: readonly string[]): Promise<boolean> {
  try {
    return (await readFile(join(dir, ARGUMENTS_FILE), 'utf8')) === JSON.stringify(meson);
  } catch {
    return false;
  }
}
