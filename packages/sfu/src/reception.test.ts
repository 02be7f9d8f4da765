import fc from 'fast-check';
import * as ortc from 'mediasoup/ortc';
import type { ProducerType, RtpCapabilities } from 'mediasoup/types';
import { expect, it } from 'vitest';
import { routerCapabilities } from './codecs.ts';
import { publishedCapabilities, toMediasoupCapabilities, withoutCongestionControl } from './conversions.ts';
import { type Receivable, Reception, receptionOf } from './reception.ts';

const { codecs: published = [], headerExtensions: extensions = [] } = publishedCapabilities;
const media = published.filter(({ mimeType }) => !mimeType.endsWith('/rtx'));

/** A producer of one of the router's codecs, as mediasoup would have it. */
function producerOf(index: number, type: ProducerType = 'simple'): Receivable {
  const codec = media[index];
  if (!codec) throw new RangeError(`the router has no codec ${index}`);
  const { kind, preferredPayloadType: payloadType, ...rest } = codec;
  const rtpParameters = {
    codecs: [{ ...rest, payloadType, parameters: codec.parameters ?? {} }],
    headerExtensions: [],
    encodings: [{ ssrc: 1111 }],
    rtcp: { cname: 'cname', reducedSize: true },
  };
  const mapping = ortc.getProducerRtpParametersMapping(rtpParameters, routerCapabilities);
  const consumableRtpParameters = ortc.getConsumableRtpParameters(
    kind,
    rtpParameters,
    routerCapabilities,
    mapping,
  );
  return { kind, type, rtpParameters, consumableRtpParameters };
}

/** What a consumer is given, but for its random SSRC. */
function consumed(producer: Receivable, capabilities: RtpCapabilities) {
  const copy = structuredClone(capabilities);
  ortc.validateAndNormalizeRtpCapabilities(copy);
  const { encodings, ...rest } = ortc.getConsumerRtpParameters({
    consumableRtpParameters: producer.consumableRtpParameters,
    remoteRtpCapabilities: copy,
    pipe: false,
    enableRtx: true,
  });
  return { ...rest, rtx: encodings?.[0]?.rtx !== undefined };
}

const client = fc.record({
  codecs: fc.subarray(published, { minLength: 1 }),
  headerExtensions: fc.subarray(extensions),
});
const producer = fc.tuple(
  fc.integer({ min: 0, max: media.length - 1 }),
  fc.constantFrom<ProducerType>('simple', 'simulcast'),
);

it('gives consumers what the whole capabilities would give them', () => {
  fc.assert(
    fc.property(client, producer, (capabilities, [index, type]) => {
      // An RTX codec without its media codec is none of a client.
      const payloadTypes = new Set(capabilities.codecs.map((codec) => codec.preferredPayloadType));
      const codecs = capabilities.codecs.filter(
        ({ parameters }) => parameters?.apt === undefined || payloadTypes.has(Number(parameters.apt)),
      );
      fc.pre(codecs.length > 0);
      const received = producerOf(index, type);
      const { headerExtensions } = capabilities;
      const relevant = new Reception({ codecs, headerExtensions }, undefined).of(received);
      const hasCodec = codecs.some(({ preferredPayloadType }) => {
        return preferredPayloadType === media[index]?.preferredPayloadType;
      });
      expect(relevant !== undefined).toBe(hasCodec);
      if (!relevant) return;
      const whole = toMediasoupCapabilities({
        codecs,
        headerExtensions: headerExtensions.filter(({ kind }) => kind === received.kind),
      });
      const expected = consumed(received, type === 'simple' ? withoutCongestionControl(whole) : whole);
      const ownRtx = codecs.some(({ parameters }) => {
        return parameters?.apt !== undefined && parameters.apt === media[index]?.preferredPayloadType;
      });
      // mediasoup takes the RTX of another codec for that of this one; here a client has only what it says.
      fc.pre(expected.rtx === ownRtx);
      expect(consumed(received, relevant)).toEqual(expected);
    }),
  );
});

it('is shared by clients that say the same, and forgets some in the end', () => {
  const first = receptionOf(publishedCapabilities);
  expect(receptionOf(structuredClone(publishedCapabilities))).toBe(first);
  expect(receptionOf(publishedCapabilities, 'own')).not.toBe(first);
  const other = (id: number) =>
    receptionOf({ headerExtensions: [{ kind: 'video', uri: `urn:example:${id}`, preferredId: 1 }] });
  for (let id = 1; id <= 200; id += 1) {
    other(id);
    expect(receptionOf(publishedCapabilities)).toBe(first);
  }
  for (let id = 1; id <= 64; id += 1) other(id);
  expect(receptionOf(publishedCapabilities)).not.toBe(first);
});

it('asks once for each producer', () => {
  const reception = receptionOf(publishedCapabilities);
  const received = producerOf(0);
  expect(reception.of(received)).toBe(reception.of(received));
  expect(reception.of(received)?.codecs).toHaveLength(1);
});

it('fits nothing that cannot be read', () => {
  const codecs = [
    { kind: 'video', mimeType: 'video/VP8', clockRate: -1, preferredPayloadType: 200 },
  ] as const;
  expect(new Reception({ codecs: [...codecs] }, undefined).of(producerOf(3))).toBeUndefined();
});
