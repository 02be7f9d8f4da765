import { START_KBPS } from '../start-kbps.ts';

const PARAMETER = `x-google-start-bitrate=${START_KBPS}`;
/** What goes with codecs and has no bit rate of its own. */
const HELPERS = /^(rtx|red|ulpfec|flexfec)/i;

/**
 * An answer by which Chrome sends video at once at a bit rate that does for a whole picture; other browsers pass over what
 * is added.
 */
export function startAbove(answer: string): string {
  const sections = answer.split(/^(?=m=)/m);
  return sections
    .map((section) => (section.startsWith('m=video') ? startSection(section) : section))
    .join('');
}

function startSection(section: string): string {
  return section
    .replaceAll(/^a=rtpmap:(\d+) ([^/\r\n]+).*$/gm, (line, payloadType: string, codec: string) => {
      const hasParameters = section.includes(`\na=fmtp:${payloadType} `);
      return HELPERS.test(codec) || hasParameters ? line : `${line}\r\na=fmtp:${payloadType} ${PARAMETER}`;
    })
    .replaceAll(/^a=fmtp:\d+ .*$/gm, (line) => {
      const isOfCodec = !/\bapt=|x-google-start-bitrate|^a=fmtp:\d+ \d+(\/\d+)*$/.test(line);
      return isOfCodec ? `${line};${PARAMETER}` : line;
    });
}
