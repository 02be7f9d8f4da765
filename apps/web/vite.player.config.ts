import { defineConfig } from 'vite';
import { file, shared } from './vite.shared.ts';

/** `player.js`: the <spillway-player> element as one classic script, for pages of any origin. */
export default defineConfig({
  ...shared,
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
