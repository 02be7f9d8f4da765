import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { escapeDrawText, filterValue, shellQuote } from './escape.ts';

test('a shell gets each word back', () => {
  const words = [
    'plain',
    "it's",
    'a b',
    '$HOME `x`',
    'rtp://127.0.0.1:5000?rtcpport=5001&pkt_size=1200',
    '',
    '\\n*',
  ];
  const script = `printf '%s\\n' ${words.map(shellQuote).join(' ')}`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${words.join('\n')}\n`);
  expect(shellQuote('-b:v')).toBe('-b:v');
});

test('drawtext draws any text literally', () => {
  const text = "50% it's [a]: {b}, c; d\\e %{pts} = f";
  // Without expansion and by way of the environment nothing needs an escape but the filter graph.
  const draw = (options: string) =>
    execFileSync(
      'ffmpeg',
      [
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        'color=black:s=640x60:d=0.1:r=10',
        '-vf',
        `drawtext=${options}:fontcolor=white:fontsize=24`,
      ].concat(['-frames:v', '1', '-f', 'framemd5', '-']),
      { encoding: 'utf8' },
    )
      .trim()
      .split(',')
      .at(-1);
  const literal = draw(`expansion=none:text=${filterValue(text)}`);
  expect(draw(`text=${filterValue(escapeDrawText(text))}`)).toBe(literal);
  expect(draw(`text=${filterValue('')}`)).not.toBe(literal);
});
