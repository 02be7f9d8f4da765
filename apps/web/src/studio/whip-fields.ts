import { html, nothing, type TemplateResult } from 'lit';
import type { Studio } from './studio.ts';
import { t } from './texts.ts';

/** The other server to broadcast to: its URL, its token, and what it can take. */
export function whipFields(studio: Studio): TemplateResult {
  const { whip, whipFault } = studio;
  const typed = (key: 'url' | 'token') => (event: InputEvent) => {
    if (event.currentTarget instanceof HTMLInputElement)
      studio.setWhip({ [key]: event.currentTarget.value.trim() });
  };
  return html`
    <div class="field">
      <label for="whip-url">${t('whipUrl')}</label>
      <input class="input mono" id="whip-url" data-testid="whip-url" type="text" inputmode="url" maxlength="2048"
        autocapitalize="none" autocomplete="off" spellcheck="false" placeholder="https://host/whip/room"
        aria-invalid=${whipFault ? 'true' : 'false'} aria-describedby="whip-url-hint" .value=${whip.url}
        @input=${typed('url')} />
      <p id="whip-url-hint" data-fault=${whipFault ?? nothing} class=${whipFault ? 'field-error' : 'hint'}>
        ${t(whipFault ?? 'whipUrlHint')}
      </p>
    </div>
    <div class="field">
      <label for="whip-token">${t('whipToken')}</label>
      <input class="input mono" id="whip-token" data-testid="whip-token" type="password" maxlength="4096"
        autocomplete="off" spellcheck="false" aria-describedby="whip-token-hint" .value=${whip.token}
        @input=${typed('token')} />
      <p class="hint" id="whip-token-hint">${t('whipTokenHint')}</p>
    </div>
    <div class="field">
      <label class="check">
        <input type="checkbox" data-testid="whip-layers" aria-describedby="whip-layers-hint" .checked=${whip.layers}
          @change=${() => studio.setWhip({ layers: !whip.layers })} />
        <span>${t('whipLayers')}</span>
      </label>
      <p class="hint" id="whip-layers-hint">${t('whipLayersHint')}</p>
    </div>
  `;
}
