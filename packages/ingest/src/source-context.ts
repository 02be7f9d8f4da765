import type { FfmpegFacts } from './ffmpeg/facts.ts';
import type { FileProber } from './library/file-prober.ts';
import type { Logger } from './logger.ts';
import type { RtmpServer } from './rtmp/rtmp-server.ts';
import type { PortAllocator } from './rtp/port-allocator.ts';
import type { AddressPolicy } from './rtsp/address-policy.ts';
import type { ForbiddenPorts } from './sdp/read-sdp.ts';

/** A range of ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** What all sources of a server share. */
export interface SourceContext {
  readonly logger: Logger;
  /** Programs, searched on `PATH` unless they have a slash. */
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly facts: FfmpegFacts;
  /** One for all. */
  readonly ports: PortAllocator;
  readonly rtmp: RtmpServer;
  /** TCP port of `rtmp`. */
  readonly rtmpPort: number;
  /** Folder of the video library. */
  readonly libraryRoot: string;
  readonly prober: FileProber;
  readonly addressPolicy: AddressPolicy;
  /** UDP ports that a pasted SDP may not name. */
  readonly ownPorts: readonly ForbiddenPorts[];
  /** Address on which encoders of the network are listened to: of IPv4, or `::`. */
  readonly listenAddress: string;
  /** The address under which encoders of the network reach this machine. */
  readonly announcedAddress: string;
}
