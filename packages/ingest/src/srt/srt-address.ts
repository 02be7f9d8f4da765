import type { PushAddress } from '@spillway/protocol';

/** Milliseconds for retransmissions where nothing else is set. */
export const DEFAULT_LATENCY_MS = 120;

export interface SrtAddress {
  /** Name or address of the machine. */
  readonly address: string;
  readonly port: number;
  /** 10 to 79 of `A-Z a-z 0-9 _ . ~ -`. */
  readonly passphrase: string;
  /** Milliseconds for retransmissions. Default 120. */
  readonly latencyMs?: number | undefined;
}

/** Where an encoder pushes to. FFmpeg, OBS and what else is built on FFmpeg take the latency in microseconds. */
export function srtPushAddress(to: SrtAddress): PushAddress {
  const { passphrase, latencyMs = DEFAULT_LATENCY_MS } = to;
  return { url: srtUrl(to, { mode: 'caller', latency: latencyMs * 1000, passphrase }), key: passphrase };
}

/** URL of SRT, as FFmpeg reads it. */
export function srtUrl(
  { address, port }: Pick<SrtAddress, 'address' | 'port'>,
  options: Readonly<Record<string, string | number>>,
): string {
  const host = address.includes(':') ? `[${address}]` : address;
  const query = Object.entries(options).map(([key, value]) => `${key}=${encode(value)}`);
  return `srt://${host}:${port}?${query.join('&')}`;
}

/** `encodeURIComponent` leaves the apostrophe, which ends a string in a script of FFmpeg's. */
function encode(value: string | number): string {
  return encodeURIComponent(value).replaceAll("'", '%27');
}
