import { type Static, Type } from 'typebox';
import { Id, MediaKind } from './names.ts';

/*
 * The RTP, ICE and DTLS parameters of mediasoup as schemas. Bounds are far above what browsers send, and small enough
 * that a hostile message costs little.
 */

const closed = { additionalProperties: false } as const;
const u32 = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const payloadType = Type.Integer({ minimum: 0, maximum: 127 });
const shortText = Type.String({ maxLength: 256 });

const RtcpFeedback = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 32 }),
    parameter: Type.Optional(Type.String({ maxLength: 32 })),
  },
  closed,
);

/** Codec parameters of an SDP `fmtp` line. */
const CodecSettings = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
  Type.Union([shortText, Type.Number()]),
  { maxProperties: 32 },
);

const codecFields = {
  mimeType: Type.String({ pattern: '^(audio|video)/[A-Za-z0-9.+_-]{1,32}$' }),
  clockRate: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  channels: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
  parameters: Type.Optional(CodecSettings),
  rtcpFeedback: Type.Optional(Type.Array(RtcpFeedback, { maxItems: 16 })),
};

const RtpCodecCapability = Type.Object(
  { kind: MediaKind, preferredPayloadType: payloadType, ...codecFields },
  closed,
);

const RtpHeaderExtension = Type.Object(
  {
    kind: MediaKind,
    uri: shortText,
    preferredId: Type.Integer({ minimum: 1, maximum: 255 }),
    preferredEncrypt: Type.Optional(Type.Boolean()),
    direction: Type.Optional(
      Type.Union([
        Type.Literal('sendrecv'),
        Type.Literal('sendonly'),
        Type.Literal('recvonly'),
        Type.Literal('inactive'),
      ]),
    ),
  },
  closed,
);

/** What an endpoint can receive (mediasoup `RtpCapabilities`, after ORTC). */
export const RtpCapabilities = Type.Object(
  {
    codecs: Type.Optional(Type.Array(RtpCodecCapability, { maxItems: 64 })),
    headerExtensions: Type.Optional(Type.Array(RtpHeaderExtension, { maxItems: 64 })),
  },
  closed,
);
export type RtpCapabilities = Static<typeof RtpCapabilities>;

/** Name of an RTP stream among those of one medium (RFC 8851). */
export const Rid = Type.String({ pattern: '^[A-Za-z0-9_-]{1,16}$' });

const RtpEncoding = Type.Object(
  {
    ssrc: Type.Optional(u32),
    rid: Type.Optional(Rid),
    codecPayloadType: Type.Optional(payloadType),
    rtx: Type.Optional(Type.Object({ ssrc: u32 }, closed)),
    dtx: Type.Optional(Type.Boolean()),
    scalabilityMode: Type.Optional(Type.String({ pattern: '^[LS][1-3]T[1-3](h|_KEY|_KEY_SHIFT)?$' })),
    scaleResolutionDownBy: Type.Optional(Type.Number({ minimum: 1, maximum: 64 })),
    maxBitrate: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
    maxFramerate: Type.Optional(Type.Number({ minimum: 0, maximum: 1000 })),
    active: Type.Optional(Type.Boolean()),
    adaptivePtime: Type.Optional(Type.Boolean()),
    priority: Type.Optional(Type.String({ maxLength: 16 })),
    networkPriority: Type.Optional(Type.String({ maxLength: 16 })),
  },
  closed,
);

/** What a producer sends or a consumer receives (mediasoup `RtpParameters`). */
export const RtpParameters = Type.Object(
  {
    mid: Type.Optional(Type.String({ maxLength: 32 })),
    msid: Type.Optional(Type.String({ maxLength: 512 })),
    codecs: Type.Array(Type.Object({ payloadType, ...codecFields }, closed), { minItems: 1, maxItems: 8 }),
    headerExtensions: Type.Optional(
      Type.Array(
        Type.Object(
          {
            uri: shortText,
            id: Type.Integer({ minimum: 1, maximum: 255 }),
            encrypt: Type.Optional(Type.Boolean()),
            parameters: Type.Optional(CodecSettings),
          },
          closed,
        ),
        { maxItems: 32 },
      ),
    ),
    encodings: Type.Optional(Type.Array(RtpEncoding, { minItems: 1, maxItems: 4 })),
    rtcp: Type.Optional(
      Type.Object(
        {
          cname: Type.Optional(shortText),
          reducedSize: Type.Optional(Type.Boolean()),
          mux: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type RtpParameters = Static<typeof RtpParameters>;

/** ICE credentials of one side (RFC 8839). */
export const IceParameters = Type.Object(
  {
    usernameFragment: shortText,
    password: shortText,
    iceLite: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type IceParameters = Static<typeof IceParameters>;

/** An ICE candidate of the server. */
export const IceCandidate = Type.Object(
  {
    foundation: shortText,
    priority: u32,
    ip: shortText,
    address: shortText,
    protocol: Type.Union([Type.Literal('udp'), Type.Literal('tcp')]),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    type: Type.Literal('host'),
    tcpType: Type.Optional(Type.Literal('passive')),
  },
  closed,
);
export type IceCandidate = Static<typeof IceCandidate>;

/** DTLS role and certificate fingerprints of one side (RFC 8122). */
export const DtlsParameters = Type.Object(
  {
    role: Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('client'), Type.Literal('server')])),
    fingerprints: Type.Array(
      Type.Object(
        {
          algorithm: Type.Union([
            Type.Literal('sha-1'),
            Type.Literal('sha-224'),
            Type.Literal('sha-256'),
            Type.Literal('sha-384'),
            Type.Literal('sha-512'),
          ]),
          value: Type.String({ pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}$' }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 8 },
    ),
  },
  closed,
);
export type DtlsParameters = Static<typeof DtlsParameters>;

/** All that a client needs to make its end of a WebRTC transport. */
export const TransportParameters = Type.Object(
  {
    id: Id,
    iceParameters: IceParameters,
    iceCandidates: Type.Array(IceCandidate, { maxItems: 64 }),
    dtlsParameters: DtlsParameters,
  },
  closed,
);
export type TransportParameters = Static<typeof TransportParameters>;

/** A STUN or TURN server, as `RTCIceServer` of the WebRTC API. */
export const IceServer = Type.Object(
  {
    urls: Type.Array(Type.String({ maxLength: 512 }), { minItems: 1, maxItems: 8 }),
    username: Type.Optional(shortText),
    credential: Type.Optional(shortText),
  },
  closed,
);
export type IceServer = Static<typeof IceServer>;
