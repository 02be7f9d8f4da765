import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Value } from 'typebox/value';
import { formatPath, type Path, type Problem, readValue } from './check.ts';
import { type Config, toConfig } from './config.ts';
import { type Override, readEnvironment } from './environment.ts';
import { type ParsedFile, parseFile, readConfigFile } from './file.ts';
import { adviseOn, checkTogether } from './rules.ts';
import { ConfigSchema } from './schema.ts';
import { isGroup } from './words.ts';

/** The file that is read when none is named, from the working directory. */
export const DEFAULT_FILE = 'config/spillway.yaml';

/** The configuration cannot be used. The message has one line per problem; each says where, what, and how to mend it. */
export class ConfigError extends Error {
  /** All problems, in the order of the file. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface LoadOptions {
  /** Arguments of the command, without the program's name: `--config FILE`. */
  argv?: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  /** Working directory, from which relative names count. */
  cwd?: string;
}

export interface LoadedConfig {
  config: Config;
  /** Sentences for the log. */
  warnings: string[];
  /** Absolute name of the file that was read; none when there was none. */
  file?: string;
}

/**
 * Reads the configuration: defaults, over them the file (`--config`, else `SPILLWAY_CONFIG`, else `config/spillway.yaml`
 * where that exists), over it the environment.
 *
 * @throws ConfigError with all problems at once
 */
export function loadConfig({ argv = [], env = {}, cwd = process.cwd() }: LoadOptions = {}): LoadedConfig {
  const { file, name, text } = openFile(argv, env, cwd);
  const parsed = parseFile(text);
  if (parsed.problems.length > 0) {
    throw new ConfigError(
      parsed.problems.map(({ position, reason }) => `${name}:${position.line}:${position.column}: ${reason}`),
    );
  }
  const { overrides, warnings } = readEnvironment(ConfigSchema, env);
  const raw = readAll(parsed, name, overrides);
  return {
    config: toConfig(raw, cwd),
    warnings: [...warnings, ...adviseOn(raw)],
    ...(file === undefined ? {} : { file }),
  };
}

function openFile(argv: readonly string[], env: NonNullable<LoadOptions['env']>, cwd: string) {
  let fromArguments: string | undefined;
  try {
    fromArguments = parseArgs({ args: [...argv], options: { config: { type: 'string' } } }).values.config;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`command line: ${reason} (usage: [--config FILE])`]);
  }
  const fromEnvironment = env.SPILLWAY_CONFIG?.trim();
  const named = fromArguments ?? (fromEnvironment || undefined);
  const name = named ?? DEFAULT_FILE;
  const file = resolve(cwd, name);
  if (named === undefined && !existsSync(file)) return { file: undefined, name, text: '' };
  try {
    return { file, name, text: readConfigFile(file) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const origin = fromArguments ? ' (named by --config)' : named ? ' (named by SPILLWAY_CONFIG)' : '';
    throw new ConfigError([`${file}${origin}: ${reason}`]);
  }
}

function readAll(parsed: ParsedFile, name: string, overrides: Override[]) {
  const merged = structuredClone(parsed.value ?? {});
  for (const { path, value } of overrides) setAt(merged, path, value);
  const { value: raw, problems } = readValue(ConfigSchema, merged);
  if (problems.length === 0) {
    if (!Value.Check(ConfigSchema, raw)) throw new Error('the configuration check and its schema disagree');
    problems.push(...checkTogether(raw));
    if (problems.length === 0) return raw;
  }
  throw new ConfigError(inOrder(problems, parsed, name, overrides));
}

/** Sets a nested key, making the groups on the way. A value that is no group is left for the check to find. */
function setAt(target: unknown, [key, ...rest]: Path, value: unknown): void {
  if (key === undefined || !isGroup(target)) return;
  if (rest.length === 0) target[key] = value;
  else {
    target[key] ??= {};
    setAt(target[key], rest, value);
  }
}

/** One line per problem: those of the file by line, then those of the environment. */
function inOrder(problems: Problem[], parsed: ParsedFile, name: string, overrides: Override[]): string[] {
  const isAt = (path: Path, start: Path) => start.every((part, index) => path[index] === part);
  const located = problems.map(({ path, at, reason }) => {
    const override = overrides.find((candidate) => isAt(path, candidate.path));
    const key = formatPath(path);
    if (override) {
      return { rank: Number.POSITIVE_INFINITY, line: `environment ${override.name} (${key}): ${reason}` };
    }
    const { line, column } = parsed.locate(path, at);
    const subject = key || 'the file';
    return { rank: line * 10_000 + column, line: `${name}:${line}:${column}: ${subject} ${reason}` };
  });
  return located.sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank)).map(({ line }) => line);
}
