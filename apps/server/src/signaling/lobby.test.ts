import { expect, it, vi } from 'vitest';
import { Lobby } from './lobby.ts';

it('admits those who wait for a room, once, and nobody else', () => {
  const lobby = new Lobby();
  const [a, b, other, left] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  lobby.wait('x', a);
  lobby.wait('x', b);
  const leaveOther = lobby.wait('y', other);
  lobby.wait('x', left)();
  expect(lobby.size).toBe(3);
  lobby.open('x');
  lobby.open('x');
  expect(a).toHaveBeenCalledOnce();
  expect(b).toHaveBeenCalledOnce();
  expect(left).not.toHaveBeenCalled();
  expect(other).not.toHaveBeenCalled();
  leaveOther();
  expect(lobby.size).toBe(0);
});

it('lets one who is admitted wait again at once', () => {
  const lobby = new Lobby();
  const again = vi.fn();
  lobby.wait('x', () => lobby.wait('x', again));
  lobby.open('x');
  expect(again).not.toHaveBeenCalled();
  expect(lobby.size).toBe(1);
});
