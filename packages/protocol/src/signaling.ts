import { type Static, type TSchema, Type } from 'typebox';
import { Credential, Id, MediaKind, RoomName, RoomState, VideoCodec } from './names.ts';
import {
  DtlsParameters,
  IceParameters,
  IceServer,
  Rid,
  RtpCapabilities,
  RtpParameters,
  TransportParameters,
} from './rtp.ts';

/*
 * The messages of `/signaling?room=NAME` (WebSocket, subprotocol `protoo`). The first request makes the peer a viewer
 * (`watch`) or the broadcaster (`broadcast`) of that room; it stays so until it disconnects.
 */

const closed = { additionalProperties: false } as const;
const Nothing = Type.Object({}, closed);

/** The query of the signalling URL. */
export const SignalingQuery = Type.Object({ room: RoomName }, closed);

/** One quality layer of a broadcast, lowest layer first in lists. */
export const Layer = Type.Object(
  {
    /** Pixels. Unknown of WHIP broadcasters, whose offers name layers without their sizes. */
    width: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_384 })),
    /** Pixels. */
    height: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_384 })),
    /** The broadcaster's own name of the layer (RFC 8851). */
    rid: Type.Optional(Rid),
    /** Bits per second at most. */
    maxBitrate: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
  },
  closed,
);
export type Layer = Static<typeof Layer>;

const Layers = Type.Array(Layer, { maxItems: 4 });

/** One medium on its way to a viewer. Made paused; `play` resumes it. */
export const ConsumerParameters = Type.Object(
  {
    id: Id,
    producerId: Id,
    kind: MediaKind,
    rtpParameters: RtpParameters,
    /** `simple` one layer; `simulcast` and `svc` have layers to choose from. */
    type: Type.Union([Type.Literal('simple'), Type.Literal('simulcast'), Type.Literal('svc')]),
    /** Layers to choose from, lowest first; empty when there is one. */
    layers: Layers,
  },
  closed,
);
export type ConsumerParameters = Static<typeof ConsumerParameters>;

/**
 * What a viewer has to play now: the answer to `watch`, and sent again (notification `playback`) whenever the broadcast
 * changes. `consumers` are those to take in addition; each replaces the viewer's present one of the same kind once the
 * viewer has sent `play` for it.
 */
export const Playback = Type.Object(
  {
    state: RoomState,
    /** Kinds that the broadcast has now; the viewer drops its media of other kinds. */
    kinds: Type.Array(MediaKind, { maxItems: 2 }),
    /** Given with the viewer's first consumers, and after the transport had to be made anew. */
    transport: Type.Optional(TransportParameters),
    consumers: Type.Array(ConsumerParameters, { maxItems: 2 }),
    /** The broadcast's video codec, when this viewer cannot decode it. */
    unsupportedCodec: Type.Optional(VideoCodec),
  },
  closed,
);
export type Playback = Static<typeof Playback>;

/** Requests of clients to the server: what they carry and what answers them. */
export const requests = {
  /** Makes the peer a viewer. Repeated: the whole playback again, with a new transport. */
  watch: {
    data: Type.Object({ rtpCapabilities: RtpCapabilities }, closed),
    answer: Type.Object(
      { viewerId: Id, iceServers: Type.Array(IceServer, { maxItems: 16 }), playback: Playback },
      closed,
    ),
  },
  /** Connects the viewer's transport (first time: with `dtlsParameters`) and resumes the named consumers. */
  play: {
    data: Type.Object(
      {
        dtlsParameters: Type.Optional(DtlsParameters),
        consumerIds: Type.Array(Id, { maxItems: 4 }),
      },
      closed,
    ),
    answer: Nothing,
  },
  /** Pauses all consumers of the viewer; `play` with their ids resumes them. */
  pause: { data: Nothing, answer: Nothing },
  /** Chooses the highest layer to receive; `null` leaves the choice to the server. */
  setLayer: {
    data: Type.Object(
      { spatialLayer: Type.Union([Type.Integer({ minimum: 0, maximum: 3 }), Type.Null()]) },
      closed,
    ),
    answer: Nothing,
  },
  /** Makes the peer the broadcaster. With `resume` it takes back the broadcast that it had. */
  broadcast: {
    data: Type.Object(
      {
        /** The operator's token or the room's publish key. */
        credential: Type.Optional(Credential),
        /** The resume token of an earlier answer. */
        resume: Type.Optional(Credential),
        /** With `resume`: id of the transport that the client still has and wants to go on with. */
        transportId: Type.Optional(Id),
        /** Ends another broadcaster's broadcast instead of being refused with `room-busy`. Default false. */
        takeover: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    answer: Type.Object(
      {
        iceServers: Type.Array(IceServer, { maxItems: 16 }),
        /** Names this broadcast when its broadcaster returns; a secret. */
        resume: Credential,
        /** True: the transport named by `transportId` and its producers are alive, go on with them. False: `transport` is a new one. */
        resumed: Type.Boolean(),
        transport: TransportParameters,
        /** Seconds for which a dropped broadcaster may return. */
        graceSeconds: Type.Number(),
      },
      closed,
    ),
  },
  /** Connects the broadcaster's transport. */
  connect: { data: Type.Object({ dtlsParameters: DtlsParameters }, closed), answer: Nothing },
  /** Sends audio or video. Takes the place of the broadcast's present producer of that kind without a gap. */
  produce: {
    data: Type.Object(
      { kind: MediaKind, rtpParameters: RtpParameters, layers: Type.Optional(Layers) },
      closed,
    ),
    answer: Type.Object({ producerId: Id }, closed),
  },
  /** Ends the broadcast's audio or video. */
  unproduce: { data: Type.Object({ kind: MediaKind }, closed), answer: Nothing },
  /** Ends the broadcast at once, without the grace time. */
  end: { data: Nothing, answer: Nothing },
  /** What the broadcaster's page shows about the room. */
  status: {
    data: Nothing,
    answer: Type.Object(
      {
        state: RoomState,
        viewers: Type.Integer({ minimum: 0 }),
        /** Video codecs that every viewer decodes, in the router's order. All of them while nobody watches. */
        commonCodecs: Type.Array(VideoCodec, { maxItems: 8 }),
      },
      closed,
    ),
  },
  /** New ICE credentials for the peer's transport (viewer or broadcaster). */
  restartIce: { data: Nothing, answer: Type.Object({ iceParameters: IceParameters }, closed) },
} as const satisfies Record<string, { data: TSchema; answer: TSchema }>;

/** Notifications of the server to clients. */
export const notifications = {
  /** To viewers: the broadcast has changed. */
  playback: Playback,
  /** To the broadcaster: a viewer cannot decode the present video codec; these codecs all viewers decode. */
  codecs: Type.Object({ commonCodecs: Type.Array(VideoCodec, { maxItems: 8 }) }, closed),
  /** To viewers, at most once a second: many are joining, and this one waits for its turn. `playback`, or the answer to `watch`, follows. */
  queued: Type.Object(
    {
      /** From 1. */
      place: Type.Integer({ minimum: 1 }),
    },
    closed,
  ),
  /** To all: the room was rebuilt and the transport is gone; `watch` or `broadcast` again on this connection. */
  rejoin: Type.Object({ reason: Type.String({ maxLength: 256 }) }, closed),
  /** To all, before the server closes the connection: why, and whether connecting again makes sense. */
  closing: Type.Object(
    {
      code: Type.String({ maxLength: 64 }),
      reason: Type.String({ maxLength: 512 }),
      reconnect: Type.Boolean(),
      /** With `reconnect`: when. Seconds; default: soon, a little later each time. */
      retryAfter: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600 })),
    },
    closed,
  ),
} as const satisfies Record<string, TSchema>;

export type RequestMethod = keyof typeof requests;
export type RequestData<M extends RequestMethod> = Static<(typeof requests)[M]['data']>;
export type RequestAnswer<M extends RequestMethod> = Static<(typeof requests)[M]['answer']>;
export type NotificationMethod = keyof typeof notifications;
export type NotificationData<M extends NotificationMethod> = Static<(typeof notifications)[M]>;

/* A request that failed: `errorCode` is the status in `errorStatus`, `errorReason` is `CODE: sentence`. */

/** WebSocket close code after which clients do not connect again (protoo treats it as final). */
export const CLOSE_FINAL = 4000;
/** WebSocket close code after which clients connect again. */
export const CLOSE_RECONNECT = 4001;

/** Bytes of one signalling message at most. */
export const MAX_MESSAGE_BYTES = 65_536;
