import { describe, expect, it } from 'vitest';
import { installCommand, isDebianFamily, missingTools } from './debian.ts';

describe('isDebianFamily', () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"', true],
    ['NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian', true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', true],
    ['ID=fedora\nHOME_URL="https://debian.example"', false],
  ])('%j', (text, expected) => expect(isDebianFamily(text)).toBe(expected));
});

it('asks the server for less than the tests', () => {
  const names = (who: 'server' | 'tests') => missingTools(who, '/nowhere').map(({ command }) => command);
  expect(names('server')).toEqual(['ffmpeg']);
  expect(names('tests')).toContain('chromium');
});

it('gives the whole command', () => {
  expect(installCommand(['ffmpeg'])).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg',
  );
});
