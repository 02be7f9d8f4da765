/** A room of the configuration with a small test pattern, which costs little CPU. */
export const patternRoom = {
  name: 'pattern',
  source: { type: 'test', width: 320, height: 180, frameRate: 15, bitrate: 300_000 },
} as const;

/** Configuration of a server whose only room is {@link patternRoom}. */
export const patternOnly = { demo: { enabled: false }, rooms: [patternRoom] };
