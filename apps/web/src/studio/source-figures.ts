import type { RoomSourceStatus } from '@spillway/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { onAirSource, onAirText, typeText } from './source-words.ts';
import { t } from './texts.ts';

/** What the room shows, and what the source costs. */
export function sourceFigures(status: RoomSourceStatus): TemplateResult {
  const { onAir, restarts, cores, onDemand } = status;
  const shown = onAirSource(status);
  const onAirWords = t(onAirText(status), {
    index: onAir ?? 0,
    type: shown ? t(typeText(shown.config)) : '',
  });
  return html`
    <dl class="figures">
      ${figure('source-on-air', t('onAir'), onAirWords, onAir ?? 'none')}
      ${figure('source-restarts', t('restarts'), String(restarts), restarts)}
      ${
        cores === undefined
          ? nothing
          : figure('source-cores', t('processor'), t('cores', { cores: cores.toFixed(2) }), cores)
      }
    </dl>
    ${onDemand ? html`<p class="hint">${t('onDemandOn')}</p>` : nothing}
  `;
}

function figure(id: string, label: string, text: string, value: string | number): TemplateResult {
  return html`
    <div class="figure">
      <dt>${label}</dt>
      <dd class="figure-value" data-testid=${id} data-value=${value}>${text}</dd>
    </div>
  `;
}
