import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';

/** A path relative to this folder, as an absolute one. */
export const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** mediasoup-client's parts for tests and React Native: a tenth of `player.js`, and of no use in a page. */
const unusedParts = /^\.\/(handlers\/(ReactNative106|FakeHandler)|test\/fakeParameters)$/;

/** What all builds share. */
export const shared = {
  root: file('.'),
  resolve: { alias: [{ find: unusedParts, replacement: file('src/empty-module.ts') }] },
} satisfies UserConfig;
