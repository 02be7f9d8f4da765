import { html, nothing } from 'lit';
import { warnIcon } from './icons.ts';
import './source-card.ts';
import type { SourceFailure } from './source-control.ts';
import './source-details.ts';
import './source-form.ts';
import { requestText } from './source-words.ts';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** The source of the room: how it does, or what it shall be. */
class SourcePanel extends StudioElement {
  #shown: 'form' | 'card' | undefined;

  protected override render() {
    const { studio } = this;
    // Beside the buttons: at the head of the card, at the foot of the form.
    return this.#view === 'card'
      ? html`${this.#notices()}
          <source-card .studio=${studio}></source-card>
          <source-details .studio=${studio}></source-details>`
      : html`<source-form .studio=${studio}></source-form>${this.#notices()}`;
  }

  /** What took the place of the pressed button gets the focus that went with it. */
  protected override async updated(): Promise<void> {
    const before = this.#shown;
    this.#shown = this.#view;
    if (before === undefined || before === this.#shown || document.activeElement !== document.body) return;
    const part = this.querySelector<StudioElement>(`source-${this.#shown}`);
    await part?.updateComplete;
    part?.querySelector<HTMLElement>('h2')?.focus();
  }

  get #view(): 'form' | 'card' {
    const { status, replacing } = this.studio.source;
    return status && !replacing ? 'card' : 'form';
  }

  #notices() {
    const { failure, trouble } = this.studio.source;
    return html`
      <div class="notices" role="alert">
        ${failure ? this.#notice('bad', 'source-failure', failure) : nothing}
      </div>
      <div class="notices" role="status">
        ${trouble ? this.#notice('warn', 'source-trouble', trouble) : nothing}
      </div>
    `;
  }

  #notice(kind: string, id: string, failure: SourceFailure) {
    const text = t(requestText(failure), { detail: failure.detail.replace(/\.$/, '') });
    return html`<div class="notice ${kind}" data-testid=${id}>
      ${warnIcon}
      <p>${text}</p>
      ${
        id === 'source-failure'
          ? html`<button class="button quiet" type="button" @click=${() => this.studio.source.dismiss()}>
              ${t('dismiss')}
            </button>`
          : nothing
      }
    </div>`;
  }
}

customElements.define('source-panel', SourcePanel);
