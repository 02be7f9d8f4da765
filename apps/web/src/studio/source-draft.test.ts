import { compileCheck, RoomSourceConfig, SourceConfig } from '@spillway/protocol';
import { describe, expect, it } from 'vitest';
import {
  cameraUrl,
  draftConfig,
  draftFault,
  emptyDraft,
  inputOf,
  kindOf,
  type SourceDraft,
} from './source-draft.ts';

const checkRoomSource = compileCheck(RoomSourceConfig);
const checkSource = compileCheck(SourceConfig);

const file: SourceDraft = { ...emptyDraft, file: 'talks/opening.mp4' };
const camera: SourceDraft = { ...emptyDraft, kind: 'camera', url: ' 192.168.1.20:554/stream1 ' };
const encoder: SourceDraft = { ...emptyDraft, kind: 'encoder', protocol: 'srt' };

describe('draftConfig', () => {
  it('plays a file again and again unless told otherwise', () => {
    expect(draftConfig(file)).toEqual({ type: 'file', file: 'talks/opening.mp4', loop: true });
    expect(draftConfig({ ...file, loop: false })).toMatchObject({ loop: false });
  });

  it('sends user name and password of a camera only where they are given', () => {
    expect(draftConfig(camera)).toEqual({ type: 'rtsp', url: 'rtsp://192.168.1.20:554/stream1' });
    expect(draftConfig({ ...camera, username: 'admin', password: ' p w ' })).toMatchObject({
      username: 'admin',
      password: ' p w ',
    });
  });

  it('takes a camera of the server in place of a URL', () => {
    const device: SourceDraft = {
      ...camera,
      videoDevice: '/dev/video0',
      audioDevice: 'hw:1,0',
      password: 'x',
    };
    expect(draftConfig(device)).toEqual({
      type: 'device',
      videoDevice: '/dev/video0',
      audioDevice: 'hw:1,0',
    });
  });

  it('adds layers from low to high, and none to a test pattern', () => {
    expect(draftConfig({ ...encoder, layers: ['540p', '180p'] })).toEqual({
      type: 'srt',
      layers: ['180p', '540p'],
    });
    expect(draftConfig({ ...encoder, kind: 'test', layers: ['180p'] })).toEqual({ type: 'test' });
  });

  it('has a listener wait for its encoder, whoever watches', () => {
    expect(draftConfig({ ...encoder, onDemand: true, slate: true })).toEqual({
      type: 'srt',
      backups: [{ type: 'slate' }],
    });
  });

  it('adds what concerns the room, which the doctor does not get', () => {
    const full: SourceDraft = { ...camera, onDemand: true, slate: true };
    expect(draftConfig(full)).toMatchObject({ onDemand: true, backups: [{ type: 'slate' }] });
    expect(inputOf(full)).toEqual({ type: 'rtsp', url: 'rtsp://192.168.1.20:554/stream1' });
  });

  it.each([file, camera, encoder, { ...encoder, kind: 'test' as const }])(
    'is what the server takes',
    (draft) => {
      expect(
        checkRoomSource(draftConfig({ ...draft, layers: ['180p'], onDemand: true, slate: true })),
      ).toMatchObject({
        ok: true,
      });
      expect(checkSource(inputOf(draft))).toMatchObject({ ok: true });
    },
  );
});

it('says what a draft lacks', () => {
  expect(draftFault(emptyDraft)).toBe('no-file');
  expect(draftFault(file)).toBeUndefined();
  expect(draftFault({ ...camera, url: '  ' })).toBe('no-url');
  expect(draftFault({ ...camera, url: 'http://192.168.1.20/' })).toBe('not-rtsp');
  expect(draftFault({ ...camera, url: 'rtsp://two words/' })).toBe('not-rtsp');
  expect(draftFault(camera)).toBeUndefined();
  expect(draftFault({ ...camera, url: '', videoDevice: '/dev/video0' })).toBeUndefined();
  expect(draftFault(encoder)).toBeUndefined();
});

it('completes the URL of a camera', () => {
  expect(cameraUrl('cam.local/1')).toBe('rtsp://cam.local/1');
  expect(cameraUrl('rtsps://cam.local/1')).toBe('rtsps://cam.local/1');
  expect(cameraUrl(' ')).toBe('');
});

it('offers a source under its kind', () => {
  expect(kindOf('rtsp')).toBe('camera');
  expect(kindOf('srt')).toBe('encoder');
  expect(kindOf('slate')).toBe('file');
});
