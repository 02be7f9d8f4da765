/** What a key does in the player. */
export type KeyAction =
  | 'togglePlay'
  | 'toggleMute'
  | 'toggleFullscreen'
  | 'togglePictureInPicture'
  | 'toggleStats';

const ACTIONS: Record<string, KeyAction> = {
  ' ': 'togglePlay',
  k: 'togglePlay',
  m: 'toggleMute',
  f: 'toggleFullscreen',
  p: 'togglePictureInPicture',
  i: 'toggleStats',
};

/** A pressed key, as far as it matters: a KeyboardEvent is one. */
export interface PressedKey {
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/**
 * The action of a key; undefined when the player leaves the key alone.
 *
 * @param onControl The focus is on a button, slider or menu, to which the space key belongs.
 */
export function keyAction(pressed: PressedKey, onControl: boolean): KeyAction | undefined {
  if (pressed.altKey || pressed.ctrlKey || pressed.metaKey) return undefined;
  if (pressed.key === ' ' && onControl) return undefined;
  return ACTIONS[pressed.key.toLowerCase()];
}
