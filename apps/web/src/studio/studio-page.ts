import { html, nothing } from 'lit';
import { wordmark } from '../wordmark.ts';
import './control-bar.ts';
import './device-panel.ts';
import './notice-list.ts';
import './origin-switch.ts';
import './picture-panel.ts';
import './preview-stage.ts';
import './room-panel.ts';
import './sign-in-card.ts';
import './source-panel.ts';
import './stats-panel.ts';
import { StudioElement } from './studio-element.ts';
import './takeover-dialog.ts';
import { t } from './texts.ts';

/** The whole page. */
class StudioPage extends StudioElement {
  protected override render() {
    const { studio } = this;
    return html`
      <header class="page-header">
        ${wordmark}
        ${
          studio.signedIn
            ? html`<button class="button quiet" type="button" data-testid="sign-out" @click=${() => studio.signOut()}>
                ${t('signOut')}
              </button>`
            : nothing
        }
      </header>
      <main class="page-main">
        <h1 class="visually-hidden">${t('title')}</h1>
        ${studio.signedIn ? this.#studio() : html`<sign-in-card .studio=${studio}></sign-in-card>`}
      </main>
    `;
  }

  #studio() {
    const { studio } = this;
    const isServer = studio.origin === 'server';
    return html`
      <div class="studio">
        <div class="studio-stage">
          <origin-switch .studio=${studio}></origin-switch>
          ${
            isServer
              ? html`<source-panel .studio=${studio}></source-panel>`
              : html`
                  <preview-stage .studio=${studio}></preview-stage>
                  <control-bar .studio=${studio}></control-bar>
                  <notice-list .studio=${studio}></notice-list>
                  <stats-panel .studio=${studio}></stats-panel>
                `
          }
        </div>
        <div class="studio-side">
          <room-panel .studio=${studio}></room-panel>
          ${
            isServer
              ? nothing
              : html`
                  <device-panel .studio=${studio}></device-panel>
                  <picture-panel .studio=${studio}></picture-panel>
                `
          }
        </div>
      </div>
      <takeover-dialog .studio=${studio}></takeover-dialog>
    `;
  }
}

customElements.define('studio-page', StudioPage);
