/**
 * How a player starts: `sound` with sound, muted where the browser refuses that; `muted` muted; `off` when the user or
 * the page says so.
 */
export type Autoplay = 'sound' | 'muted' | 'off';

/** Reads the attribute `autoplay`; what it does not know counts as `sound`. */
export function autoplayFrom(value: string | null): Autoplay {
  return value === 'muted' || value === 'off' ? value : 'sound';
}

/** How starting went: as wanted, muted against the wish, or not at all until the user taps. */
export type StartResult = 'started' | 'muted' | 'blocked';

/** Starts a media element, muted where the browser allows no sound before a gesture. */
export async function startMedia(media: HTMLMediaElement): Promise<StartResult> {
  if (await tryPlay(media)) return 'started';
  if (media.muted) return 'blocked';
  media.muted = true;
  return (await tryPlay(media)) ? 'muted' : 'blocked';
}

/** False only when the browser's autoplay policy says no. */
async function tryPlay(media: HTMLMediaElement): Promise<boolean> {
  try {
    await media.play();
    return true;
  } catch (error) {
    // An AbortError means that the media has changed meanwhile, which starts it again.
    return !(error instanceof DOMException && error.name === 'NotAllowedError');
  }
}
