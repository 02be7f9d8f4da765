import { html, LitElement, nothing } from 'lit';
import { copyIcon } from './icons.ts';
import { t } from './texts.ts';

/** How long the button says that the text is copied. Milliseconds. */
const COPIED_MS = 2000;

/** Copies a text, which need not stand in the page. */
class CopyButton extends LitElement {
  static override properties = {
    text: { attribute: false },
    label: { attribute: false },
    of: { attribute: false },
    test: { attribute: false },
    copied: { state: true },
  };
  declare text: string;
  declare label: string;
  /** What is copied, for screen readers, where the label does not say it. */
  declare of: string;
  /** Its test id. */
  declare test: string;
  declare copied: boolean;

  constructor() {
    super();
    this.text = '';
    this.label = '';
    this.of = '';
    this.test = 'copy';
    this.copied = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<button class="button" type="button" data-testid=${this.test} @click=${this.#copy}>
      ${copyIcon}<span role="status">${this.copied ? t('copied') : this.label}</span>
      ${this.of ? html`<span class="visually-hidden">${this.of}</span>` : nothing}
    </button>`;
  }

  async #copy(): Promise<void> {
    await copyText(this.text);
    this.copied = true;
    setTimeout(() => {
      this.copied = false;
    }, COPIED_MS);
  }
}

/** Also in a page without a secure context, which has no clipboard. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

customElements.define('copy-button', CopyButton);
