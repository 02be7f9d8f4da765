import { readFileSync, statSync } from 'node:fs';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Path } from './check.ts';

/** Bytes of a configuration file at most. */
const MAX_BYTES = 1_000_000;

/** Line and column, both from 1. */
export interface Position {
  line: number;
  column: number;
}

/** A YAML file's contents, and where each part of it is. */
export interface ParsedFile {
  value: unknown;
  /** Mistakes in the YAML itself. */
  problems: { position: Position; reason: string }[];
  /** Where a key (or its value) stands; for one that is absent, the nearest group around it. */
  locate(path: Path, at: 'key' | 'value'): Position;
}

/** Reads a text file of moderate size. @throws Error that says why it cannot be read */
export function readConfigFile(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) throw new Error('there is no such file');
  if (!stat.isFile()) throw new Error('is not a file');
  if (stat.size > MAX_BYTES) throw new Error(`has ${stat.size} bytes; at most ${MAX_BYTES} are read`);
  return readFileSync(file, 'utf8');
}

/** Parses YAML 1.2. Never throws: mistakes are in `problems`. */
export function parseFile(text: string): ParsedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = document.errors.map(({ pos, message }) => ({ position: at(pos[0]), reason: message }));
  const start = (node: Node | null | undefined) => node?.range?.[0];

  const locate = (path: Path, what: 'key' | 'value') => {
    let node: Node | null | undefined = document.contents;
    let offset = start(node) ?? 0;
    for (const [index, part] of path.entries()) {
      const group: unknown = isAlias(node) ? node.resolve(document) : node;
      let child: unknown;
      if (isMap(group)) {
        const pair = group.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
        if (!pair) break;
        const last = index === path.length - 1;
        if (isNode(pair.key)) offset = start(pair.key) ?? offset;
        if (last && what === 'key') break;
        child = pair.value;
      } else if (isSeq(group) && typeof part === 'number') child = group.items[part];
      if (!isNode(child)) break;
      // A group starts at its first key; the key above it says more.
      if (!isMap(child) || typeof part === 'number') offset = start(child) ?? offset;
      node = child;
    }
    return at(offset);
  };

  let value: unknown;
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push({
        position: { line: 1, column: 1 },
        reason: error instanceof Error ? error.message : 'unreadable',
      });
    }
  }
  return { value, problems, locate };
}
