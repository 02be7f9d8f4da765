/** A URL with a room's name in the place of `{room}`. */
export function roomUrl(template: string, room: string): URL {
  return new URL(template.replaceAll(/\{room\}|%7Broom%7D/gi, encodeURIComponent(room)));
}
