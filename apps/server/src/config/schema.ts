import { RoomName, RoomSourceConfig } from '@spillway/protocol';
import { SPILL_LOAD } from '@spillway/sfu';
import { type Static, type TSchema, Type } from 'typebox';

/*
 * The YAML configuration: every key with its meaning, unit, bounds and default. `config/spillway.yaml` and
 * `docs/configuration.md` say the same; tests fail when they part.
 */

/** What a schema here may say beside JSON Schema. */
export type Notes = {
  /** What a key is for, with its unit. */
  description?: string;
  /** What a pattern asks for, in words: completes "must be …". */
  expected?: string;
  /** A value that never appears in messages. */
  secret?: boolean;
  /** The environment variable that overrides the file. */
  env?: string;
};

const closed = { additionalProperties: false } as const;
/** An object all of whose keys have defaults. */
const section = <P extends Record<string, TSchema>>(description: string, properties: P) =>
  Type.Object(properties, { ...closed, default: {}, description });

const integer = (notes: Notes & { minimum: number; maximum: number; default: number }) => Type.Integer(notes);
const port = (notes: Notes & { default: number }) => integer({ minimum: 1, maximum: 65_535, ...notes });

const ADDRESS = '^[A-Za-z0-9._:-]{1,253}$';
const address = Type.String({
  pattern: ADDRESS,
  expected: 'a host name or an IP address, without port or scheme',
});
const addressOrNetwork = Type.String({
  pattern: '^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$',
  expected: 'an IP address or a network such as 10.0.0.0/8',
});
const interfaceName = Type.String({
  pattern: '^[A-Za-z0-9._:@-]{1,64}$',
  expected: 'the name of a network interface or an IP address of this machine',
});
const origin = Type.String({
  pattern: '^(\\*|https?://[^\\s/]{1,253})$',
  expected: "'*' or an origin such as https://example.com, without a path",
});

const http = section('The HTTP port: pages, API, signalling, probes.', {
  host: Type.String({
    pattern: ADDRESS,
    expected: 'a host name or an IP address',
    default: '::',
    env: 'SPILLWAY_HTTP_HOST',
    description:
      'Address to listen on. "::" is every address, IPv4 and IPv6; on a machine without IPv6 it is every IPv4 address.',
  }),
  port: port({ default: 8080, env: 'SPILLWAY_HTTP_PORT', description: 'TCP port.' }),
  trustProxy: Type.Union([Type.Boolean(), Type.Array(addressOrNetwork, { minItems: 1, maxItems: 32 })], {
    default: false,
    description:
      'Whose X-Forwarded-* headers to believe: false nobody, true everybody (only where a proxy is the sole way in), or a list of the proxies (addresses or networks).',
  }),
  corsOrigins: Type.Array(origin, {
    maxItems: 64,
    default: ['*'],
    description:
      'Origins whose pages may read public data (GET), and publish and play by WHIP, WHEP and /offer. "*" is every origin; an empty list is this server only.',
  }),
});

const instantStart = section(
  'Viewers start from the last key frame, which the worker keeps with what followed. Needs a worker that was built here.',
  {
    seconds: integer({
      minimum: 0,
      maximum: 60,
      default: 10,
      description:
        'Instant start: seconds since the last key frame up to which viewers start from it; later ones wait for the next. 0 turns it off. Needs a worker that was built here (docs/instant-start.md).',
    }),
    megabytes: integer({
      minimum: 1,
      maximum: 64,
      default: 8,
      description:
        'Instant start: memory for one video since its last key frame, at most, on each worker that forwards it. Megabytes.',
    }),
    workerMegabytes: integer({
      minimum: 1,
      maximum: 65_536,
      default: 256,
      description: 'Instant start: memory for all videos of a worker, at most. Megabytes.',
    }),
  },
);

const media = section('WebRTC media: the workers and how clients reach them.', {
  port: port({
    default: 40_000,
    env: 'SPILLWAY_MEDIA_PORT',
    description:
      'Port of the first worker; each further worker takes the next one. Clients must reach them all, by UDP and preferably TCP too.',
  }),
  workers: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 64 })], {
    default: 'auto',
    env: 'SPILLWAY_WORKERS',
    description: 'Number of worker processes. "auto" is one per core.',
  }),
  spillLoad: Type.Number({
    minimum: 0,
    maximum: 1,
    default: SPILL_LOAD,
    description:
      "How busy the worker of a room's origin may be, as a part of a core, before further viewers of the room go to less busy workers. At 0 they are spread from the first ones on.",
  }),
  announcedAddress: Type.Union([Type.Null(), address, Type.Array(address, { minItems: 1, maxItems: 8 })], {
    default: null,
    env: 'SPILLWAY_ANNOUNCED_ADDRESS',
    description:
      'The address at which clients reach the media ports, where it is not one of this machine (NAT, cloud, container): one, or a list. null announces the addresses of this machine. In the environment a list is separated by commas.',
  }),
  interfaces: Type.Union([Type.Null(), Type.Array(interfaceName, { minItems: 1, maxItems: 32 })], {
    default: null,
    description:
      'Network interfaces (names or addresses) that carry media. null is all of them, loopback included, but bridges of container engines.',
  }),
  udp: Type.Boolean({ default: true, description: 'Whether media may go by UDP.' }),
  tcp: Type.Boolean({
    default: true,
    description: 'Whether media may go by TCP, the fallback for networks that block UDP.',
  }),
  instantStart,
  segmentedSends: Type.Boolean({
    default: true,
    description:
      'Whether packets to a viewer that are ready together leave in one system call (UDP segmentation). Needs a worker that was built here, and Linux.',
  }),
});

const sources = section('Sources: inputs that the server runs or listens for.', {
  rtpPorts: Type.String({
    pattern: '^[0-9]{1,5}-[0-9]{1,5}$',
    expected: 'a range of ports such as 42000-42999',
    default: '42000-42999',
    description:
      'UDP ports for sources, first and last; a source takes up to four (RTP and RTCP of video and audio), one of type srt two more.',
  }),
  host: Type.String({
    pattern: ADDRESS,
    expected: 'an IPv4 address of this machine, or 0.0.0.0 for all',
    default: '0.0.0.0',
    description:
      'Address on which encoders that push by RTMP and SRT are listened to. "0.0.0.0" is every IPv4 address.',
  }),
  rtmpPort: port({
    default: 1935,
    description: 'TCP port for encoders that push by RTMP. Listened on while there is a source of type rtmp.',
  }),
  library: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 1024 })], {
    default: null,
    description:
      'Folder of the video library, for sources of type file; relative to the working directory. null is the folder "library" in the data directory. Made when missing.',
  }),
  allowLocalAddresses: Type.Boolean({
    default: false,
    description:
      'Whether sources may be on this machine itself or at link-local addresses. They may always be in the local network.',
  }),
});

/** A room that exists from the start. */
export const RoomConfig = Type.Object(
  {
    name: {
      ...RoomName,
      expected: '1 to 64 of a-z, 0-9, _ and -',
      description: 'Name of the room, as in /watch/NAME.',
    },
    listed: Type.Boolean({ default: true, description: 'Whether the home page shows the room.' }),
    publishKey: Type.Optional(
      Type.String({
        minLength: 8,
        maxLength: 256,
        secret: true,
        description: 'Lets its holder publish in this room. Without one only the operator may.',
      }),
    ),
    source: Type.Optional(RoomSourceConfig),
  },
  closed,
);

const limits = section('Bounds of the whole server.', {
  maxRooms: integer({
    minimum: 1,
    maximum: 100_000,
    default: 1000,
    description: 'Rooms at the same time, configured ones included.',
  }),
  maxViewersPerRoom: integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 10_000,
    description: 'Viewers of one room at the same time.',
  }),
  maxViewers: integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 10_000,
    description: 'Viewers of all rooms together.',
  }),
  codeLifetimeHours: Type.Number({
    minimum: 0.1,
    maximum: 8760,
    default: 24,
    description: 'Hours after which an unused room with a generated code is removed.',
  }),
});

const joins = section('Viewers that come to play, by signalling, WHEP and plain offers.', {
  perSecond: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1, maximum: 10_000 })], {
    default: 'auto',
    description:
      'Viewers let in per second at most. "auto" is as many as the measured load of workers and server leaves room for; a number is a bound beside that.',
  }),
  maxWaitSeconds: integer({
    minimum: 0,
    // Encoders and players give a request up after 8 to 10 seconds, and a wait may take 2 seconds beyond its bound.
    maximum: 6,
    default: 5,
    description:
      'Seconds for which a viewer may have to wait for its turn; one that would wait for longer is told when to come back. Viewers that were in the room before it went live wait however long it takes.',
  }),
});

const signaling = section('The WebSocket of viewers and broadcasters.', {
  joinSeconds: integer({
    minimum: 1,
    maximum: 120,
    default: 10,
    description: 'Seconds within which a new connection must send its first request.',
  }),
  pingSeconds: integer({
    minimum: 1,
    maximum: 300,
    default: 15,
    description: 'Seconds between two pings; a peer that has answered none by the next one is gone.',
  }),
  maxConnections: integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 20_000,
    description: 'Connections at the same time.',
  }),
  maxMessagesPerSecond: integer({
    minimum: 5,
    maximum: 10_000,
    default: 50,
    description: 'Messages per second and connection; one that sends more is closed.',
  }),
});

const sessions = section('WHIP, WHEP and plain offers.', {
  perSecond: integer({
    minimum: 1,
    maximum: 100_000,
    default: 200,
    description:
      'Offers per second, all clients together; what is above is answered 503 with Retry-After. Twice as many may come at once.',
  }),
  perAddressPerSecond: integer({
    minimum: 1,
    maximum: 100_000,
    default: 20,
    description:
      'Offers per second and client address (IPv6: network of 64 bits); what is above is answered 429 with Retry-After.',
  }),
  startSeconds: integer({
    minimum: 0,
    maximum: 60,
    default: 8,
    description:
      'Seconds for which the answer to a viewer may wait for a source that starts, as one on demand does; then it is 409 with Retry-After.',
  }),
  connectSeconds: integer({
    minimum: 5,
    maximum: 300,
    default: 30,
    description: 'Seconds within which a client must connect after the answer; else its session ends.',
  }),
  silenceSeconds: integer({
    // RTCP may come as rarely as every 7.5 seconds (RFC 3550, section 6.2).
    minimum: 10,
    maximum: 300,
    default: 30,
    description:
      'Seconds after which a viewer is gone from whom nothing comes, not even RTCP, while it is sent media.',
  }),
});

const offer = section('Plain offers: POST /offer answers an SDP offer and nothing else.', {
  room: {
    ...RoomName,
    expected: '1 to 64 of a-z, 0-9, _ and -',
    default: 'demo',
    description: 'The room that is played where the request has no ?room=NAME.',
  },
});

const broadcast = section('What is live in a room.', {
  graceSeconds: integer({
    minimum: 0,
    maximum: 300,
    default: 10,
    description: 'Seconds for which a broadcaster that dropped may return and find its viewers still there.',
  }),
  maxBitrate: integer({
    minimum: 100_000,
    maximum: 1_000_000_000,
    default: 12_000_000,
    description: 'Bits per second that a broadcaster may send, all layers together.',
  }),
});

const iceServer = Type.Object(
  {
    urls: Type.Array(
      Type.String({
        pattern: '^(stuns?|turns?):[^\\s]{1,500}$',
        expected: 'a URL such as stun:stun.example.com:3478 or turn:turn.example.com:3478?transport=udp',
      }),
      { minItems: 1, maxItems: 8, description: 'URLs (stun:, stuns:, turn:, turns:).' },
    ),
    username: Type.Optional(Type.String({ maxLength: 256, description: 'User name; needed for TURN.' })),
    credential: Type.Optional(
      Type.String({ maxLength: 256, secret: true, description: 'Password; needed for TURN.' }),
    ),
  },
  closed,
);

/** The configuration file as it is written. Every key may be left out. */
export const ConfigSchema = Type.Object(
  {
    http,
    media,
    sources,
    rooms: Type.Array(RoomConfig, {
      maxItems: 1000,
      default: [],
      description: 'Rooms that exist from the start. Others are made by API or page.',
    }),
    limits,
    joins,
    signaling,
    sessions,
    offer,
    broadcast,
    demo: section('The demo.', {
      enabled: Type.Boolean({
        default: true,
        description:
          'Whether the room "demo" runs with a test picture, unless a room of that name is configured. Needs FFmpeg.',
      }),
    }),
    iceServers: Type.Array(iceServer, {
      maxItems: 16,
      default: [],
      description:
        'STUN and TURN servers given to clients. Needed only where clients reach the media ports neither by UDP nor by TCP.',
    }),
    operatorToken: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 256, secret: true })], {
      default: null,
      env: 'SPILLWAY_OPERATOR_TOKEN',
      secret: true,
      description:
        "The operator's credential for console, API writes and publishing. null: the server makes one, shows it at that start only, and keeps its hash in the data directory.",
    }),
    dataDir: Type.String({
      minLength: 1,
      maxLength: 4096,
      default: './data',
      env: 'SPILLWAY_DATA_DIR',
      description:
        'Directory for what the server stores; relative to the working directory. Made when missing.',
    }),
    log: section('The log, on standard output.', {
      level: Type.Union(
        [
          Type.Literal('fatal'),
          Type.Literal('error'),
          Type.Literal('warn'),
          Type.Literal('info'),
          Type.Literal('debug'),
          Type.Literal('trace'),
          Type.Literal('silent'),
        ],
        { default: 'info', env: 'SPILLWAY_LOG_LEVEL', description: 'The least important lines to write.' },
      ),
      pretty: Type.Union([Type.Literal('auto'), Type.Boolean()], {
        default: 'auto',
        description: 'Lines for people (true) or JSON (false). "auto": for people when it is a terminal.',
      }),
    }),
  },
  closed,
);

/** The file's contents with all defaults filled in. */
export type RawConfig = Static<typeof ConfigSchema>;
export type RoomConfig = Static<typeof RoomConfig>;
