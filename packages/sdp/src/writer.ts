/** Software that writes offers, where it has to be told from others. */
export type Writer = 'libdatachannel' | 'Pion';

/** Versions counted in seconds since 1970, as nobody else does. */
const PION = /^- [0-9]{1,20} 1[0-9]{9} IN IP4 0\.0\.0\.0$/;

/**
 * Who wrote a description; undefined for all who need not be known. Of libdatachannel, which OBS uses too, the user name
 * tells.
 *
 * @param origin value of the `o=` line
 */
export function writerOf(origin: string): Writer | undefined {
  if (origin.startsWith('rtc ')) return 'libdatachannel';
  return PION.test(origin) ? 'Pion' : undefined;
}
