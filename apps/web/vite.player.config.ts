import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** `player.js`: the <spillway-player> element as one classic script, for pages of any origin. */
export default defineConfig({
  root: file('.'),
  publicDir: false,
  build: {
    outDir: file('dist'),
    emptyOutDir: false,
    lib: {
      entry: file('../../packages/client/src/player.ts'),
      formats: ['iife'],
      name: 'Spillway',
      fileName: () => 'player.js',
    },
  },
});
