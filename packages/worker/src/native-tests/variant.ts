import { type Recipe, recipe, stockRecipe } from '../recipe.ts';
import type { TestOptions } from './options.ts';

/** How the sources are made and compiled. */
export interface Variant {
  readonly recipe: Recipe;
  /** The folder for sources and objects, which the next run goes on with. */
  readonly folder: string;
  /** Arguments of `meson setup`, but for the tests. */
  readonly mesonArguments: readonly string[];
  /** Variables for the program that was built. */
  readonly env: NodeJS.ProcessEnv;
}

/** Three checks of undefined behaviour double the time of a build; the address sanitizer sees most of what they see. */
const COMPILER_ARGUMENTS = ['-fno-omit-frame-pointer', '-fno-sanitize=null,object-size,vptr'];

const SANITIZERS = [
  '--buildtype=debugoptimized',
  '-Doptimization=1',
  '-Db_ndebug=true',
  '-Db_sanitize=address,undefined',
  '-Db_lundef=false',
  '--wrap-mode=nodownload',
  `-Dcpp_args=[${COMPILER_ARGUMENTS.map((argument) => `'${argument}'`).join(', ')}]`,
];

/** The variant that the options ask for. */
export function variantFor({ stock, sanitize }: Pick<TestOptions, 'stock' | 'sanitize'>): Variant {
  return {
    recipe: stock ? stockRecipe : recipe,
    folder: sanitize ? 'sanitized' : 'plain',
    mesonArguments: sanitize ? SANITIZERS : recipe.mesonArguments,
    env: sanitize
      ? {
          ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_init_order=1:check_initialization_order=1',
          UBSAN_OPTIONS: 'print_stacktrace=1',
        }
      : {},
  };
}
