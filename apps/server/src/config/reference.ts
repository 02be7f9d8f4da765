import type { Path } from './check.ts';
import { ConfigSchema } from './schema.ts';
import { describe, type SchemaNode } from './words.ts';

/** One key of the configuration, as people look it up. */
export interface ConfigKey {
  path: Path;
  description: string;
  /** What it takes, in words. */
  takes: string;
  /** Absent: the key is optional or required, without a default. */
  default?: unknown;
  env?: string;
}

/** All keys of the configuration in the order of the schema. Keys inside lists are not among them. */
export function configKeys(node: SchemaNode = ConfigSchema, path: Path = []): ConfigKey[] {
  if (node.properties) {
    return Object.entries(node.properties).flatMap(([key, child]) => configKeys(child, [...path, key]));
  }
  const { description = '', env } = node;
  return [
    {
      path,
      description,
      takes: describe(node),
      ...(node.default === undefined ? {} : { default: node.default }),
      ...(env === undefined ? {} : { env }),
    },
  ];
}

const cell = (text: string) => text.replaceAll('|', '\\|');
const code = (value: unknown) => `\`${JSON.stringify(value)}\``;

function table(keys: ConfigKey[]): string[] {
  const rows = keys.map(({ path, description, takes, env, ...key }) => {
    const variable = env ? `<br>\`${env}\`` : '';
    const initial = 'default' in key ? code(key.default) : '';
    return `| \`${path.join('.')}\`${variable} | ${cell(description)} | ${cell(takes)} | ${initial} |`;
  });
  return ['| key | meaning | takes | default |', '|---|---|---|---|', ...rows];
}

/** Tables of the keys inside a list, one for each kind of entry; a group of keys that several kinds have, once. */
function entryTables(node: SchemaNode, name: string, shown = new Set<string>()): string[] {
  if (node.anyOf) {
    return node.anyOf.flatMap((branch) => {
      const type = branch.properties?.type?.const;
      return typeof type === 'string' ? entryTables(branch, `${name} of type \`${type}\``, shown) : [];
    });
  }
  const properties = node.properties ?? {};
  const rows = Object.entries(properties).map(([key, child]) => {
    const required = node.required?.includes(key) && child.default === undefined;
    const initial = child.default === undefined ? (required ? 'required' : 'optional') : code(child.default);
    return `| \`${key}\` | ${cell(child.description ?? '')} | ${cell(takes(child))} | ${initial} |`;
  });
  const inner = Object.entries(properties).flatMap(([key, child]) => {
    if (!isGroupOfKeys(child)) return [];
    const tables = entryTables(child, `\`${key}\``, shown);
    const fresh = !shown.has(tables.join());
    shown.add(tables.join());
    return fresh ? tables : [];
  });
  return [
    '',
    `### ${name}`,
    '',
    '| key | meaning | takes | default |',
    '|---|---|---|---|',
    ...rows,
    ...inner,
  ];
}

function isGroupOfKeys(node: SchemaNode): boolean {
  return node.properties !== undefined || node.anyOf?.some((branch) => branch.properties) === true;
}

function takes(node: SchemaNode): string {
  if (isGroupOfKeys(node)) return 'keys, see below';
  const { items } = node;
  return items && isGroupOfKeys(items)
    ? 'a list, each of the same types, without the keys of a room'
    : describe(node);
}

/** The reference page of the configuration, in Markdown. */
export function configReference(): string {
  const groups = Object.entries<SchemaNode>(ConfigSchema.properties);
  const single = groups.filter(([, node]) => !node.properties);
  const sections = groups.filter(([, node]) => node.properties);
  return [
    '# Configuration',
    '',
    '<!-- Made from apps/server/src/config/schema.ts by `node_modules/.bin/node scripts/config-reference.ts`. Edit the schema instead. -->',
    '',
    'Spillway reads one YAML file: the one named by `--config FILE`, else by `SPILLWAY_CONFIG`, else',
    '`config/spillway.yaml`. Every key may be left out. An environment variable wins over the file; an empty one counts',
    'as not set. An unknown key or a bad value stops the start, with file, line, column and a hint for each.',
    'Ready examples are in `config/examples`.',
    ...sections.flatMap(([key, node]) => [
      '',
      `## ${key}`,
      '',
      node.description ?? '',
      '',
      ...table(configKeys(node, [key])),
    ]),
    '',
    '## At the top',
    '',
    ...table(single.flatMap(([key, node]) => configKeys(node, [key]))),
    ...single.flatMap(([key, { items }]) =>
      items?.properties ? entryTables(items, `Entries of \`${key}\``) : [],
    ),
    '',
  ].join('\n');
}
