import type { PushAddress } from '@spillway/protocol';
import { html, LitElement, nothing } from 'lit';
import './copy-button.ts';
import { t } from './texts.ts';

const MASK = '••••••••';

/** Where OBS sends to. The key stands in the page only while it is shown. */
class PushAddressView extends LitElement {
  static override properties = {
    push: { attribute: false },
    protocol: { attribute: false },
    shown: { state: true },
  };
  declare push: PushAddress;
  declare protocol: string;
  declare shown: boolean;

  constructor() {
    super();
    this.shown = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { url, key } = this.push;
    const isKeyInUrl = key !== '' && url.includes(key);
    const shownUrl = isKeyInUrl && !this.shown ? url.replaceAll(key, MASK) : url;
    return html`
      <section class="push" aria-labelledby="push-title" data-testid="push-address">
        <h3 id="push-title">${t('pushTitle')}</h3>
        <p class="hint">${t('pushSteps')} ${isKeyInUrl ? t('pushNoKey') : nothing}</p>
        <div class="push-row">
          <span class="label">${t('pushServer')}</span>
          <code data-testid="push-url">${shownUrl}</code>
          <div class="push-buttons">
            ${isKeyInUrl ? this.#toggle() : nothing}
            <copy-button .text=${url} .label=${t('copyShort')} .of=${t('pushServer')} .test=${'copy-push-url'}></copy-button>
          </div>
        </div>
        ${isKeyInUrl ? nothing : this.#key(key)}
        <p class="hint">${t('pushTuning')}</p>
      </section>
    `;
  }

  #key(key: string) {
    const name = t(this.protocol === 'srt' ? 'pushPassphrase' : 'pushKey');
    return html`
      <div class="push-row">
        <span class="label">${name}</span>
        <code data-testid="push-key">${this.shown ? key : MASK}</code>
        <div class="push-buttons">
          ${this.#toggle()}
          <copy-button .text=${key} .label=${t('copyShort')} .of=${name} .test=${'copy-push-key'}></copy-button>
        </div>
      </div>
    `;
  }

  #toggle() {
    return html`<button class="button quiet" type="button" data-testid="push-show" @click=${() => {
      this.shown = !this.shown;
    }}>${t(this.shown ? 'hideKey' : 'showKey')}</button>`;
  }
}

customElements.define('push-address', PushAddressView);
