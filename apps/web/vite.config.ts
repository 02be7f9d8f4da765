import { defineConfig } from 'vite';
import { file, shared } from './vite.shared.ts';

/** The pages. The server gives `/watch/ROOM` the file watch.html, so assets have absolute paths. */
export default defineConfig({
  ...shared,
  base: '/',
  build: {
    outDir: file('dist'),
    emptyOutDir: true,
    // Inlined assets would be data: URLs, which the server's content security policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        home: file('index.html'),
        watch: file('watch.html'),
        studio: file('studio.html'),
      },
    },
  },
});
