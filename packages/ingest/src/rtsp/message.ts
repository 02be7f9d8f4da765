/** A request or response of RTSP 1.0 (RFC 2326). */
export interface RtspMessage {
  readonly startLine: string;
  /** In order, names as they were sent. */
  readonly headers: readonly RtspHeader[];
  readonly body: Buffer;
}

export type RtspHeader = readonly [name: string, value: string];

export interface RtspRequest {
  readonly method: string;
  readonly uri: string;
}

export interface RtspStatus {
  readonly status: number;
  readonly phrase: string;
}

/** All values of a header. */
export function headerValues({ headers }: Pick<RtspMessage, 'headers'>, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** The first value of a header. */
export function headerValue(message: Pick<RtspMessage, 'headers'>, name: string): string | undefined {
  return headerValues(message, name)[0];
}

/** The start line of a request; undefined when it is none. */
export function readRequest({ startLine }: RtspMessage): RtspRequest | undefined {
  const [, method, uri] = /^([A-Z_]{1,32}) (\S+) RTSP\/1\.\d$/.exec(startLine) ?? [];
  return method && uri ? { method, uri } : undefined;
}

/** The start line of a response; undefined when it is none. */
export function readStatus({ startLine }: RtspMessage): RtspStatus | undefined {
  const [, status, phrase = ''] = /^RTSP\/\d\.\d +(\d{3})(?: (.*))?$/.exec(startLine) ?? [];
  return status ? { status: Number(status), phrase } : undefined;
}

/** A message as bytes. Its `Content-Length` is set here. */
export function formatMessage(startLine: string, headers: readonly RtspHeader[], body?: Buffer): Buffer {
  const kept = headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  const all = body?.length ? [...kept, ['Content-Length', `${body.length}`] as const] : kept;
  const head = [startLine, ...all.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]);
}
