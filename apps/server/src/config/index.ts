export type { Config } from './config.ts';
export { ConfigError, loadConfig } from './load.ts';
