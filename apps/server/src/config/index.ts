export type { Config, PortRange } from './config.ts';
export { ConfigError, DEFAULT_FILE, type LoadedConfig, type LoadOptions, loadConfig } from './load.ts';
export type { RoomConfig } from './schema.ts';
