import type { RtspSourceConfig } from '@spillway/protocol';
import { InputError } from '../input.ts';
import { redactUrl, secretsOfPath } from './redact-url.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A camera's URL taken apart. */
export interface CameraUrl {
  readonly tls: boolean;
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** What requests name: the URL as it was given, without user name and password. */
  readonly base: string;
  readonly credentials?: Credentials;
  /** The URL as it may be shown. */
  readonly shown: string;
  /** What must not be shown, in all forms in which it may appear. */
  readonly secrets: readonly string[];
}

const URL_PARTS = /^(rtsps?):\/\/([^/?]*)(.*)$/i;
const AUTHORITY = /^(?:(.*)@)?(\[[0-9a-f:.]+(?:%[a-z0-9]+)?\]|[^@:[\]]+)(?::(\d{1,5}))?$/i;
const DEFAULT_PORTS = { rtsp: 554, rtsps: 322 };

/** Shorter ones would black out innocent words, and nothing that writes lines is told them. */
const SHORTEST_HIDDEN = 4;

/**
 * Takes the URL of a source's configuration apart. Unlike with `URL`, nothing of its path is normalised, since cameras
 * compare it literally; and a password may hold any of `@:#`, as people write them.
 *
 * @throws {InputError} final, when it is no URL of a camera
 */
export function parseCameraUrl(config: RtspSourceConfig): CameraUrl {
  const { url } = config;
  const [, scheme = '', authority = '', path = ''] = URL_PARTS.exec(url) ?? [];
  const [, userinfo, hostPart, portPart] = AUTHORITY.exec(authority) ?? [];
  const tls = scheme.toLowerCase() === 'rtsps';
  const port = portPart === undefined ? DEFAULT_PORTS[tls ? 'rtsps' : 'rtsp'] : Number(portPart);
  if (!hostPart || port < 1 || port > 65_535) {
    throw new InputError({
      reason: `The URL ${redactUrl(url)} names no host and port: it must look like rtsp://192.168.1.20:554/stream1. In user name and password write / as %2F and ? as %3F`,
      final: true,
    });
  }
  const credentials = credentialsOf(config, userinfo);
  return {
    tls,
    host: hostPart.replace(/^\[(.*)\]$/, '$1'),
    port,
    // A quote or backslash would end the quoted form in an Authorization header.
    base: `${scheme.toLowerCase()}://${authority.slice(userinfo === undefined ? 0 : userinfo.length + 1)}${path}`
      .replaceAll('"', '%22')
      .replaceAll('\\', '%5C'),
    ...(credentials ? { credentials } : {}),
    shown: redactUrl(url),
    secrets: secretsOf(url, path, userinfo, credentials),
  };
}

/** Those beside the URL win. */
function credentialsOf(config: RtspSourceConfig, userinfo: string | undefined): Credentials | undefined {
  const [username, ...rest] = userinfo === undefined ? [] : userinfo.split(':');
  const inUrl = username === undefined ? undefined : { username, password: rest.join(':') };
  if (config.username === undefined && config.password === undefined && !inUrl) return undefined;
  return {
    username: config.username ?? decode(inUrl?.username ?? ''),
    password: config.password ?? decode(inUrl?.password ?? ''),
  };
}

function secretsOf(
  url: string,
  path: string,
  userinfo: string | undefined,
  credentials: Credentials | undefined,
): string[] {
  const secrets = secretsOfPath(path);
  if (userinfo !== undefined) secrets.push(userinfo, userinfo.slice(userinfo.indexOf(':') + 1));
  if (credentials) {
    const { username, password } = credentials;
    const pair = `${username}:${password}`;
    secrets.push(password, encodeURIComponent(password), pair, Buffer.from(pair).toString('base64'));
  }
  if (redactUrl(url) !== url) secrets.push(url);
  const forms = secrets.flatMap((secret) => [secret, decode(secret)]);
  return [...new Set(forms)].filter((secret) => secret.length >= SHORTEST_HIDDEN);
}

/** People write `100%` too. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
