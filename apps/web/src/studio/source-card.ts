import { html, nothing } from 'lit';
import { formatMoment } from './format-moment.ts';
import { eyeIcon } from './icons.ts';
import './push-address.ts';
import { sourceFigures } from './source-figures.ts';
import { mayStart, mayStop, sourceChip, sourceName, typeText } from './source-words.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

/** How the room's source does, and what can be done about it. */
class SourceCard extends StudioElement {
  protected override render() {
    const { status, viewers } = this.studio.source;
    if (!status) return nothing;
    const { config, state, reason, since, push } = status;
    const chip = sourceChip(status);
    return html`
      <section class="card panel source-card" aria-labelledby="source-title" data-testid="source-card">
        <div class="source-head">
          <div>
            <h2 id="source-title" tabindex="-1">${t(typeText(config))}</h2>
            <p class="source-name" data-testid="source-name">${sourceName(config)}</p>
          </div>
          ${
            viewers === undefined
              ? nothing
              : html`<span class="badge" role="img" aria-label=${t('viewers', { count: viewers })}>
                  ${eyeIcon}<span data-testid="source-viewers" data-value=${viewers}>${viewers}</span>
                </span>`
          }
        </div>
        <div class="source-state">
          <span class="badge ${chip.badge}" role="status" data-testid="source-state" data-state=${state}>${t(chip.text)}</span>
          <time class="muted small" datetime=${since} data-testid="source-since">
            ${t('since', { time: formatMoment(since) })}
          </time>
        </div>
        <p class="source-reason" lang="en" data-testid="source-reason">${reason}</p>
        ${this.#actions()}
        ${push ? html`<push-address .push=${push} .protocol=${config.type}></push-address>` : nothing}
        ${sourceFigures(status)}
      </section>
    `;
  }

  #actions() {
    const { source } = this.studio;
    const { status, busy } = source;
    if (!status) return nothing;
    const button = (id: string, kind: string, text: StudioText, press: () => void) =>
      html`<button class="button ${kind}" type="button" data-testid=${id} ?disabled=${busy !== undefined} @click=${press}>
        ${t(text)}
      </button>`;
    return html`
      <div class="source-actions">
        ${
          mayStart(status)
            ? button(
                'source-resume',
                'primary',
                busy === 'resume' ? 'starting' : 'start',
                () => void source.resume(),
              )
            : nothing
        }
        ${
          mayStop(status)
            ? button('source-stop', 'danger', busy === 'stop' ? 'stopping' : 'stop', () => void source.stop())
            : nothing
        }
        ${button('source-change', '', 'change', () => source.setReplacing(true))}
        ${button('source-remove', 'quiet', busy === 'remove' ? 'removing' : 'remove', () => void source.remove())}
      </div>
    `;
  }
}

customElements.define('source-card', SourceCard);
