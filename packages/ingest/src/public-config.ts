import type { SourceConfig } from '@spillway/protocol';
import { redactUrl } from './rtsp/redact-url.ts';

/** A source's configuration as it may be shown and logged: without passwords and keys. */
export function publicConfig(config: SourceConfig): SourceConfig {
  switch (config.type) {
    case 'rtsp': {
      const { username: _, password: __, ...shown } = config;
      return { ...shown, url: redactUrl(config.url) };
    }
    case 'srt': {
      const { passphrase: _, ...shown } = config;
      return shown;
    }
    case 'rtmp': {
      const { streamKey: _, ...shown } = config;
      return shown;
    }
    default:
      return config;
  }
}
