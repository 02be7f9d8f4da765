import type { SourceContext } from '../create-source.ts';
import { PortAllocator } from '../port-allocator.ts';
import { memoryLogger } from './logger.ts';

/** What sources of a test share; `ports` are 100 from `firstPort`. */
export function sourceContext(firstPort: number, options: Partial<SourceContext> = {}): SourceContext {
  return {
    ports: new PortAllocator({ first: firstPort, last: firstPort + 99 }),
    logger: memoryLogger(),
    announcedAddress: '192.0.2.7',
    ownPorts: [],
    libraryRoot: '/nonexistent',
    ffmpegPath: 'ffmpeg',
    ffprobePath: 'ffprobe',
    ...options,
  };
}
