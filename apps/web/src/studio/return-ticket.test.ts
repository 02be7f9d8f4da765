import { expect, it } from 'vitest';
import { parseTicket, returnAdvice } from './return-ticket.ts';

const ticket = { room: 'demo', resume: 'secret', seen: 1_000_000 };
const after = (seconds: number, type = 'reload') => ({ type, now: ticket.seen + seconds * 1000 });

it('goes on by itself after a reload', () => {
  expect(returnAdvice(ticket, after(3))).toBe('return');
});

it('asks when it is not sure that the broadcast is to go on here', () => {
  expect(returnAdvice(ticket, after(3, 'navigate'))).toBe('offer');
  expect(returnAdvice(ticket, after(120))).toBe('offer');
});

it('forgets a broadcast of long ago', () => {
  expect(returnAdvice(ticket, after(2 * 3600))).toBe('forget');
  expect(returnAdvice(undefined, after(0))).toBe('forget');
});

it('reads tickets and nothing else', () => {
  expect(parseTicket(JSON.stringify(ticket))).toEqual(ticket);
  for (const text of [null, '', 'null', '7', '{"room":"demo"}']) expect(parseTicket(text)).toBeUndefined();
});
