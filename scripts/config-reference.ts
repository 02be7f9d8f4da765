import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configReference } from '../apps/server/src/config/reference.ts';

// Writes docs/configuration.md. A test fails when it is out of date.
const docs = resolve(import.meta.dirname, '../docs');
mkdirSync(docs, { recursive: true });
writeFileSync(resolve(docs, 'configuration.md'), configReference());
