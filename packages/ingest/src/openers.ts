import type { PushAddress, RtpSourceConfig, SourceConfig } from '@spillway/protocol';
import { DeviceOpener } from './devices/device-opener.ts';
import { InputError, type InputOpener } from './input.ts';
import { FileOpener } from './library/file-opener.ts';
import { askFlvSupport } from './rtmp/flv-support.ts';
import { rtmpPushAddress } from './rtmp/push-address.ts';
import { RtmpOpener } from './rtmp/rtmp-opener.ts';
import type { SourcePorts } from './rtp/rtp-inputs.ts';
import { RtspOpener } from './rtsp/rtsp-opener.ts';
import { readSdp } from './sdp/read-sdp.ts';
import { SdpError } from './sdp/sdp-error.ts';
import { SdpOpener } from './sdp/sdp-opener.ts';
import { SlateOpener } from './slate/slate-opener.ts';
import type { SourceContext } from './source-context.ts';
import { SrtOpener } from './srt/srt-opener.ts';

/** What makes one source of its kind different from another, beside its configuration. */
export interface SourceIdentity {
  /** Name of the room. */
  readonly room: string;
  /** The key that encoders need where the configuration has none. */
  readonly key: string;
  readonly ports: SourcePorts;
}

export interface MadeOpener {
  readonly opener: InputOpener;
  /** Where encoders push to. */
  readonly push?: PushAddress;
  /** Resolves when what it holds between two runs is free. Default: it holds nothing. */
  readonly gone?: Promise<void>;
}

/**
 * Checks what the schema of a configuration cannot tell.
 *
 * @throws {InputError} what is wrong and how to mend it
 */
export function checkSource(context: SourceContext, config: SourceConfig): void {
  if (config.type === 'srt' && config.port !== undefined) checkPort(context, config.port);
  if (config.type !== 'rtp' || config.sdp === undefined) return;
  const { sdp, ...options } = sdpOptions(context, config);
  try {
    readSdp(sdp, options);
  } catch (error) {
    if (error instanceof SdpError) throw new InputError({ reason: error.message, final: true });
    throw error;
  }
}

function checkPort({ ownPorts }: SourceContext, port: number): void {
  const owner = ownPorts.find(({ first, last }) => port >= first && port <= last);
  if (!owner) return;
  const reason = `port must not be one of ${owner.what} (${owner.first} to ${owner.last}), got ${port}`;
  throw new InputError({ reason, final: true });
}

function sdpOptions(
  { ownPorts: forbidden }: SourceContext,
  { sdp = '', listen = 'loopback' }: RtpSourceConfig,
) {
  return { sdp, listen, forbidden };
}

/** Needs no input: FFmpeg makes the picture. */
const noInput: InputOpener = {
  waiting: 'FFmpeg starts',
  open: async () => ({ args: [], secrets: [], close: () => {} }),
  close: () => {},
};

/** Makes what opens the input of a source, for every type that FFmpeg reads. */
export function makeOpener(context: SourceContext, config: SourceConfig, own: SourceIdentity): MadeOpener {
  const { addressPolicy, logger, libraryRoot, ffmpegPath, prober } = context;
  const { announcedAddress, listenAddress } = context;
  switch (config.type) {
    case 'test':
      return { opener: noInput };
    case 'slate':
      return { opener: new SlateOpener({ config, libraryRoot }) };
    case 'rtsp':
      return { opener: new RtspOpener(config, { addressPolicy, logger }) };
    case 'file':
      return { opener: new FileOpener({ config, libraryRoot, prober, ffmpegPath }) };
    case 'device':
      return { opener: new DeviceOpener({ config, ffmpegPath }) };
    case 'rtp':
      return { opener: new SdpOpener(sdpOptions(context, config)) };
    case 'rtmp': {
      const { streamKey: key = own.key } = config;
      const support = () => askFlvSupport(ffmpegPath);
      const opener = new RtmpOpener({ server: context.rtmp, room: own.room, key, support, logger });
      return { opener, push: rtmpPushAddress(announcedAddress, context.rtmpPort, key) };
    }
    case 'srt': {
      const { passphrase = own.key, latencyMs, port = own.ports.listen?.port } = config;
      if (port === undefined) throw new RangeError('A source of type srt needs a port to listen on');
      const opener = new SrtOpener({
        ...{ passphrase, latencyMs, port, listenAddress, announcedAddress, ffmpegPath },
      });
      return { opener, push: opener.push, gone: opener.gone };
    }
  }
}
