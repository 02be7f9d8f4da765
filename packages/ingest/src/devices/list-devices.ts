import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '@spillway/protocol';

export interface ListDevicesOptions {
  /** Root of the file system. Default `/`. */
  readonly root?: string | undefined;
}

const MAX_DEVICES = 64;
const MAX_NAME = 200;

/** The cameras and capture cards (V4L2), then the microphones and line inputs (ALSA) of a Linux machine; none on other systems. */
export async function listDevices({ root = '/' }: ListDevicesOptions = {}): Promise<Device[]> {
  const [video, audio] = await Promise.all([videoDevices(root), audioDevices(root)]);
  return [...video.slice(0, MAX_DEVICES), ...audio.slice(0, MAX_DEVICES)];
}

/**
 * A camera has several nodes, of which the first (index 0) is its picture and the others, such as those for its metadata, are
 * not. What a node can do is told by an ioctl only, so a video output may be among them.
 */
async function videoDevices(root: string): Promise<Device[]> {
  const folder = join(root, 'sys/class/video4linux');
  const nodes = (await readdir(folder).catch(() => [])).filter((node) => /^video[0-9]{1,3}$/.test(node));
  nodes.sort((one, other) => Number(one.slice(5)) - Number(other.slice(5)));
  const found = await Promise.all(
    nodes.map(async (node): Promise<Device | undefined> => {
      const [name, index] = await Promise.all([
        text(join(folder, node, 'name')),
        text(join(folder, node, 'index')),
      ]);
      if (index.trim() !== '' && index.trim() !== '0') return undefined;
      return { kind: 'video', id: `/dev/${node}`, name: shown(name, node) };
    }),
  );
  return found.flatMap((device) => device ?? []);
}

/** Lines of /proc/asound/pcm: `01-00: USB Audio : USB Audio : playback 1 : capture 1`; cards have their names in /proc/asound/cards. */
async function audioDevices(root: string): Promise<Device[]> {
  const folder = join(root, 'proc/asound');
  const [pcm, cards] = await Promise.all([text(join(folder, 'pcm')), text(join(folder, 'cards'))]);
  const names = new Map<number, string>();
  for (const [, card, name] of cards.matchAll(/^ *([0-9]{1,3}) \[[^\]]*\]: *[^\n]*? - ([^\n]+)$/gm)) {
    names.set(Number(card), name ?? '');
  }
  return pcm.split('\n').flatMap((line): Device[] => {
    const [, card, device, rest = ''] = /^([0-9]{1,3})-([0-9]{1,3}): *(.*)$/.exec(line) ?? [];
    const fields = rest.split(':').map((field) => field.trim());
    if (card === undefined || device === undefined || !fields.some((field) => /^capture [0-9]+$/.test(field)))
      return [];
    const id = `hw:${Number(card)},${Number(device)}`;
    const name = [names.get(Number(card)), fields[0]].filter((part) => part).join(': ');
    return [{ kind: 'audio', id, name: shown(name, id) }];
  });
}

function shown(name: string, otherwise: string): string {
  const clean = name.replace(/\p{Cc}+/gu, ' ').trim();
  return clean === '' ? otherwise : clean.slice(0, MAX_NAME);
}

async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
