import { expect, test } from 'vitest';
import { bar, chartText, thinned } from './chart-text.ts';

test('bars are as long as their part of the width', () => {
  expect(bar(1)).toHaveLength(40);
  expect(bar(0.5)).toBe('█'.repeat(20));
  expect(bar(0)).toBe('');
  expect(bar(1 / 320)).toBe('▏');
  expect(bar(7)).toHaveLength(40);
});

test('all series of a chart have one scale', () => {
  const text = chartText({
    title: 'Cost',
    xTitle: 'viewers',
    yTitle: 'us',
    series: [
      { name: 'floor', points: [{ x: 50, y: 5 }] },
      { name: 'server', points: [{ x: 50, y: 10 }] },
    ],
  });
  expect(text.split('\n')).toEqual([
    'viewers  floor, us',
    `   50.0  ${'█'.repeat(20)} 5.00`,
    'viewers  server, us',
    `   50.0  ${'█'.repeat(40)} 10.0`,
  ]);
});

test('of many points few are drawn, the first and the last among them', () => {
  const few = thinned(Array.from({ length: 500 }, (_, index) => index));
  expect(few).toHaveLength(12);
  expect(few[0]).toBe(0);
  expect(few.at(-1)).toBe(499);
});
