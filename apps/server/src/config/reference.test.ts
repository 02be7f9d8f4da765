import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readValue } from './check.ts';
import { loadConfig } from './load.ts';
import { configKeys, configReference } from './reference.ts';
import { ConfigSchema } from './schema.ts';

const root = resolve(import.meta.dirname, '../../../..');
const manual = resolve(root, 'config/spillway.yaml');

describe('config/spillway.yaml', () => {
  it('holds every key with its default, and no other', () => {
    expect(parse(readFileSync(manual, 'utf8'))).toEqual(readValue(ConfigSchema, {}).value);
  });

  it('loads to the defaults', () => {
    const { config, warnings } = loadConfig({ env: {}, cwd: root });
    const elsewhere = resolve(root, 'config');
    const withoutFile = loadConfig({ env: {}, cwd: elsewhere }).config;
    expect(JSON.stringify(config)).toBe(JSON.stringify(withoutFile).replaceAll(`${elsewhere}/`, `${root}/`));
    expect(warnings).toEqual([]);
  });

  it('names every environment variable', () => {
    const text = readFileSync(manual, 'utf8');
    for (const { env } of configKeys()) if (env) expect(text).toContain(env);
  });

  it('has no line wider than 120', () => {
    for (const line of readFileSync(manual, 'utf8').split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});

describe('config/examples', () => {
  const folder = resolve(root, 'config/examples');
  it.each(readdirSync(folder))('%s loads without a warning', (name) => {
    const { warnings } = loadConfig({ argv: ['--config', resolve(folder, name)], env: {}, cwd: root });
    expect(warnings).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  it('is up to date (else: node_modules/.bin/node scripts/config-reference.ts)', () => {
    expect(readFileSync(resolve(root, 'docs/configuration.md'), 'utf8')).toBe(configReference());
  });

  it('describes every key', () => {
    for (const { path, description } of configKeys()) expect(description, path.join('.')).not.toBe('');
  });
});
