import { LitElement } from 'lit';
import type { Studio } from './studio.ts';

/** A part of the page: shows the studio's state, again whenever that changes. Styled by the page's style sheet. */
export class StudioElement extends LitElement {
  static override properties = { studio: { attribute: false } };
  declare studio: Studio;
  readonly #handleChange = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.studio.addEventListener('change', this.#handleChange);
  }

  override disconnectedCallback(): void {
    this.studio.removeEventListener('change', this.#handleChange);
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
