// node checkout.ts <new folder>: the sources that a build compiles, to make the next patch from. See README.md.
import { existsSync } from 'node:fs';
import { reasonOf } from './errors.ts';
import { mediasoupPackage } from './package.ts';
import { recipe } from './recipe.ts';
import { prepareSource } from './source.ts';

const target = process.argv[2];

try {
  if (target === undefined || existsSync(target)) {
    throw new Error('usage: node checkout.ts <folder that does not exist yet>');
  }
  await prepareSource({ workerDir: mediasoupPackage().workerDir, target, recipe, env: process.env });
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}
