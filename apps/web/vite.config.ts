import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages. The server gives `/watch/ROOM` the file watch.html, so assets have absolute paths. */
export default defineConfig({
  root: file('.'),
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
