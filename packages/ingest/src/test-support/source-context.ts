import { FfmpegFacts } from '../ffmpeg/facts.ts';
import { FileProber } from '../library/file-prober.ts';
import { RtmpServer } from '../rtmp/rtmp-server.ts';
import { PortAllocator } from '../rtp/port-allocator.ts';
import type { SourceContext } from '../source-context.ts';
import { memoryLogger } from './logger.ts';

/** What sources of a test share; `ports` are 100 from `firstPort`. */
export function sourceContext(firstPort: number, options: Partial<SourceContext> = {}): SourceContext {
  const logger = memoryLogger();
  return {
    logger,
    ffmpegPath: 'ffmpeg',
    ffprobePath: 'ffprobe',
    facts: new FfmpegFacts('ffmpeg'),
    ports: new PortAllocator({ first: firstPort, last: firstPort + 99 }),
    rtmp: new RtmpServer({ host: '127.0.0.1', port: 0, logger }),
    rtmpPort: 0,
    libraryRoot: '/nonexistent',
    prober: new FileProber(),
    addressPolicy: { allowLocal: true },
    ownPorts: [],
    listenAddress: '127.0.0.1',
    announcedAddress: '192.0.2.7',
    ...options,
  };
}
