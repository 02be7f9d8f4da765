import { contrast, difference, type Picture } from '../picture.ts';

/** Part of the pixels that differs when a picture counts as another one. */
const MIN_DIFFERENCE = 0.001;

/** Looks at pictures of one size, one after the other, and notes whether they move. */
export class PictureWatch {
  #reference: Picture | undefined;
  #contrast = 0;
  #moves = 0;

  /** See {@link ReceivedVideo}. */
  get seen(): { readonly contrast: number; readonly moves: number } {
    return { contrast: this.#contrast, moves: this.#moves };
  }

  look(picture: Picture): void {
    this.#contrast = contrast(picture);
    if (this.#reference && difference(this.#reference, picture) <= MIN_DIFFERENCE) return;
    if (this.#reference) this.#moves += 1;
    this.#reference = picture;
  }
}
