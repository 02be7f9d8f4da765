import type { RoomSourceStatus, SourceStatus } from '@spillway/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import './copy-button.ts';
import { formatMoment } from './format-moment.ts';
import { sourceName, stateChip, typeText } from './source-words.ts';
import { t } from './texts.ts';

/** What is of use when something is wrong: folded away until then. */
export function sourceFolds({ backups, commands, history, lastWords }: RoomSourceStatus): TemplateResult {
  return html`
    ${
      backups.length > 0
        ? html`<div class="source-backups"><h3>${t('backups')}</h3><ol class="events">${backups.map(backupRow)}</ol></div>`
        : nothing
    }
    ${commands && commands.length > 0 ? fold('source-commands', t('commands'), commandList(commands)) : nothing}
    ${history.length > 0 ? fold('source-history', t('history'), historyList(history)) : nothing}
    ${
      lastWords.length > 0
        ? fold(
            'source-last-words',
            t('lastWords'),
            html`<pre class="last-words" tabindex="0" lang="en" aria-label=${t('lastWords')}>${lastWords.join('\n')}</pre>`,
          )
        : nothing
    }
  `;
}

function fold(id: string, title: string, inside: TemplateResult): TemplateResult {
  return html`
    <details class="fold" data-testid=${id}>
      <summary>${title}</summary>
      <div class="fold-inside">${inside}</div>
    </details>
  `;
}

function backupRow({ config, state, reason }: SourceStatus): TemplateResult {
  const chip = stateChip(state);
  return html`<li data-testid="source-backup" data-state=${state}>
    <span class="badge ${chip.badge}">${t(chip.text)}</span>
    <span>${[t(typeText(config)), sourceName(config)].filter(Boolean).join(', ')}</span>
    <span class="muted" lang="en">${reason}</span>
  </li>`;
}

/** Newest first. */
function historyList(history: RoomSourceStatus['history']): TemplateResult {
  return html`<ol class="events">
    ${history.toReversed().map(
      ({ state, at, reason }) => html`<li>
        <time class="mono small" datetime=${at}>${formatMoment(at)}</time>
        <strong>${t(stateChip(state).text)}</strong>
        <span class="muted" lang="en">${reason}</span>
      </li>`,
    )}
  </ol>`;
}

function commandList(commands: NonNullable<RoomSourceStatus['commands']>): TemplateResult {
  return html`${commands.map(
    ({ title, command }) => html`<div class="command">
      <span class="label" lang="en">${title}</span>
      <pre class="last-words" tabindex="0" aria-label=${title}>${command}</pre>
      <copy-button .text=${command} .label=${t('copyShort')} .of=${title} .test=${'copy-command'}></copy-button>
    </div>`,
  )}`;
}
