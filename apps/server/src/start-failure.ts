import { WorkerUnavailableError } from '@spillway/worker';
import { ConfigError } from './config/index.ts';

/** What a person reads when the server does not start: what failed, and how to mend it where that is known. */
export function startFailureText(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration cannot be used:\n${error.message}`;
  if (error instanceof WorkerUnavailableError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  if (/EADDRINUSE/.test(message)) {
    return `${message}\nAnother program has the HTTP port. End it, or set http.port (SPILLWAY_HTTP_PORT) to a free one.`;
  }
  if (/uv_(udp|tcp)_bind.*address already in use/.test(message)) {
    return `${message}\nAnother program has a media port. End it, or set media.port (SPILLWAY_MEDIA_PORT) to a free one.`;
  }
  if (/EACCES|EPERM|EROFS|ENOTDIR/.test(message)) {
    return `${message}\nThe data directory must be writable: set dataDir (SPILLWAY_DATA_DIR) to one that is.`;
  }
  return `The server did not start: ${message}`;
}
