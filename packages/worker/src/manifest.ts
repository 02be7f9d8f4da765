import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { reasonOf } from './errors.ts';

const Manifest = Type.Object({
  /** The version of mediasoup that the worker is for. */
  mediasoup: Type.String({ maxLength: 64 }),
  /** What it can do beyond mediasoup's own worker. */
  features: Type.Array(Type.String({ pattern: '^[a-z0-9-]{1,64}$' }), { maxItems: 64 }),
  origin: Type.Optional(Type.Union([Type.Literal('build'), Type.Literal('download')])),
  /** Hash of what went into the build besides mediasoup's sources. */
  recipe: Type.Optional(Type.String()),
  /** `openssl-static`: built for it, on OpenSSL. `system`: the distribution's. */
  libsrtp: Type.Optional(Type.Union([Type.Literal('openssl-static'), Type.Literal('system')])),
  /** Arguments of `meson setup`. */
  meson: Type.Optional(Type.Array(Type.String())),
});

/** What a worker binary is: `manifest.json` in its folder. Only version and features are needed. */
export type Manifest = Static<typeof Manifest>;

const NAME = 'manifest.json';

/** Writes the manifest of a binary that is, or will be, in a folder. */
export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  await writeFile(join(dir, NAME), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

async function readManifest(file: string): Promise<Manifest | undefined> {
  let text: string;

  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }

  const value: unknown = JSON.parse(text);

  if (!Value.Check(Manifest, value)) {
    const first = Value.Errors(Manifest, value)[0];

    throw new Error(first ? `${first.instancePath || 'it'} ${first.message}` : 'it is not a manifest');
  }

  return value;
}

/**
 * The features of a binary by the manifest beside it. A binary without one has none; nor has one whose manifest cannot
 * be used, which is said.
 *
 * @param version of mediasoup, as installed
 */
export async function readFeatures(
  binary: string,
  version: string,
  log: (line: string) => void,
): Promise<readonly string[]> {
  const file = join(dirname(binary), NAME);

  try {
    const manifest = await readManifest(file);

    if (manifest !== undefined && manifest.mediasoup !== version) {
      throw new Error(`it is for mediasoup ${manifest.mediasoup}, not ${version}`);
    }

    return manifest?.features ?? [];
  } catch (error) {
    log(`no features are used of ${binary}: ${file} cannot be used: ${reasonOf(error)}`);
    return [];
  }
}
