/** A picture as a page showed it, RGBA. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

function lumas({ data }: Picture): number[] {
  return Array.from({ length: data.length / 4 }, (_, pixel) => {
    const at = 4 * pixel;
    return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of brightness, 0 to 127: near 0 for a picture of one colour, such as black. */
export function contrast(picture: Picture): number {
  const values = lumas(picture);
  const average = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - average) ** 2)));
}

/** Part of the pixels, 0 to 1, whose brightness differs clearly between two pictures. */
export function difference(one: Picture, other: Picture): number {
  const others = lumas(other);
  const changed = lumas(one).map((value, pixel): number =>
    Math.abs(value - (others[pixel] ?? 0)) > 20 ? 1 : 0,
  );
  return mean(changed);
}
