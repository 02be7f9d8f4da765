import { html, nothing, type TemplateResult } from 'lit';
import { canWait, offeredLayers, type SourceDraft } from './source-draft.ts';
import { type StudioText, t } from './texts.ts';

/** What can be chosen, but need not be. */
export function sourceOptions(
  draft: SourceDraft,
  edit: (change: Partial<SourceDraft>) => void,
): TemplateResult {
  const option = (key: 'onDemand' | 'slate', text: StudioText, id: string) => html`
    <label class="check">
      <input type="checkbox" data-testid=${id} .checked=${draft[key]} @change=${() => edit({ [key]: !draft[key] })} />
      <span>${t(text)}</span>
    </label>
  `;
  return html`
    <details class="fold" data-testid="source-options">
      <summary>${t('options')}</summary>
      <div class="fold-inside">
        ${canWait(draft) ? option('onDemand', 'onDemand', 'source-on-demand') : nothing}
        ${option('slate', 'slate', 'source-slate')}
        ${draft.kind === 'test' ? nothing : layersField(draft, edit)}
      </div>
    </details>
  `;
}

function layersField({ layers }: SourceDraft, edit: (change: Partial<SourceDraft>) => void): TemplateResult {
  return html`
    <fieldset class="checks" aria-describedby="source-layers-hint">
      <legend>${t('layers')}</legend>
      ${offeredLayers.map((layer) => {
        const has = layers.includes(layer);
        const others = layers.filter((other) => other !== layer);
        return html`
          <label class="check">
            <input type="checkbox" data-testid=${`source-layer-${layer}`} .checked=${has}
              @change=${() => edit({ layers: has ? others : [...others, layer] })} />
            <span>${layer}</span>
          </label>
        `;
      })}
      <p class="hint" id="source-layers-hint">${t('layersHint')}</p>
    </fieldset>
  `;
}
