import { expect, it } from 'vitest';
import { compileCheck } from './check.ts';
import { explain } from './explain.ts';
import { requests } from './signaling.ts';
import { SourceConfig } from './source-config.ts';

const errorOf = (schema: Parameters<typeof compileCheck>[0], value: unknown) => {
  const checked = compileCheck(schema)(value);
  return checked.ok ? undefined : checked.error;
};

it.each([
  [{ type: 'rtsp' }, 'value must have required properties url'],
  [{ type: 'hls' }, 'type must be one of "test", "slate", "rtp", "rtsp", "file", "srt", "rtmp", "device"'],
  [{ type: 'rtp', x: 1 }, 'x is not a known key'],
  [{ type: 'rtp', listen: 'all' }, 'listen must be one of "loopback", "network"'],
  [{ type: 'test', width: 3 }, 'width must be >= 160'],
  [{ type: 'file', file: '../x' }, 'file must be a path below the video library, such as talks/opening.mp4'],
  [{ type: 'device', width: 3 }, 'width must be >= 16'],
  [{}, 'value must have required properties type'],
  [null, 'value must be object'],
])('says of the source %j: %s', (value, sentence) => {
  expect(errorOf(SourceConfig, value)).toBe(sentence);
});

it('names the place in a message', () => {
  const layers = [{ width: 1, height: 0 }];
  const produce = { kind: 'video', rtpParameters: { codecs: [] }, layers };
  expect(errorOf(requests.produce.data, produce)).toMatch(/^rtpParameters\.codecs must/);
  expect(errorOf(requests.unproduce.data, { kind: 'text' })).toBe('kind must be one of "audio", "video"');
});

it('has a sentence for nothing too', () => {
  expect(explain([])).toBe('value is not valid');
});
