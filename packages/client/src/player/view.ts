import type { Layer } from '@spillway/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import type { ViewerStats } from '../stats.ts';
import { icons } from './icons.ts';
import { layerNames } from './layer-names.ts';
import type { Message } from './message.ts';
import { statsRows } from './stats-rows.ts';
import type { PlayerTexts } from './texts.ts';

/** The words over the picture. */
export function messageView(message: Message | undefined, t: PlayerTexts): TemplateResult | typeof nothing {
  if (!message) return nothing;
  const { title, hint, detail, values, form, busy } = message;
  return html`
    <div class="message ${form}" part="message">
      ${busy ? html`<div class="spinner" part="spinner"></div>` : nothing}
      <p class="title">${t(title, values)}</p>
      ${hint ? html`<p class="hint">${t(hint, values)}</p>` : nothing}
      ${detail ? html`<p class="hint">${detail}</p>` : nothing}
    </div>
  `;
}

/** The statistics overlay. */
export function statsView(stats: ViewerStats | undefined, t: PlayerTexts): TemplateResult {
  const rows = statsRows(stats, t).map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`);
  return html`<dl class="stats" part="stats">${rows}</dl>`;
}

/** The one thing to tap, when the browser wants a gesture: to start, or to get sound. */
export function tapView(
  what: 'start' | 'sound' | undefined,
  actions: Record<'start' | 'sound', () => void>,
  t: PlayerTexts,
): TemplateResult | typeof nothing {
  if (!what) return nothing;
  return html`<button class="tap ${what}" part="tap" type="button" @click=${actions[what]}>
    ${what === 'start' ? icons.play : icons.muted}${t(what === 'start' ? 'tapToPlay' : 'tapForSound')}
  </button>`;
}

/** What the control bar shows. */
export interface ControlsModel {
  paused: boolean;
  muted: boolean;
  /** 0 to 1. */
  volume: number;
  live: boolean;
  layers: readonly Layer[];
  layer: number | null;
  statsShown: boolean;
  canPictureInPicture: boolean;
  fullscreen: boolean;
}

/** What the control bar asks for. */
export interface ControlsActions {
  togglePlay: () => void;
  toggleMute: () => void;
  setVolume: (volume: number) => void;
  setLayer: (layer: number | null) => void;
  toggleStats: () => void;
  togglePictureInPicture: () => void;
  toggleFullscreen: () => void;
}

/** The control bar. */
export function controlsView(model: ControlsModel, actions: ControlsActions, t: PlayerTexts): TemplateResult {
  const { paused, muted, volume, live, fullscreen } = model;
  return html`
    <div class="bar" part="controls">
      ${button(t(paused ? 'play' : 'pause'), 'k', paused ? icons.play : icons.pause, actions.togglePlay)}
      ${button(t(muted ? 'unmute' : 'mute'), 'm', muted ? icons.muted : icons.sound, actions.toggleMute)}
      <input
        class="volume"
        type="range"
        min="0"
        max="1"
        step="0.05"
        aria-label=${t('volume')}
        .value=${String(muted ? 0 : volume)}
        @input=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) actions.setVolume(event.target.valueAsNumber);
        }}
      />
      <span class="badge ${live ? 'on' : ''}" part="live">${t(live ? 'live' : 'offline')}</span>
      <span class="space"></span>
      ${model.layers.length > 1 ? layerMenu(model, actions, t) : nothing}
      ${button(t('statistics'), 'i', icons.stats, actions.toggleStats, model.statsShown)}
      ${
        model.canPictureInPicture
          ? button(t('pictureInPicture'), 'p', icons.pictureInPicture, actions.togglePictureInPicture)
          : nothing
      }
      ${button(
        t(fullscreen ? 'exitFullscreen' : 'fullscreen'),
        'f',
        fullscreen ? icons.exitFullscreen : icons.enterFullscreen,
        actions.toggleFullscreen,
      )}
    </div>
  `;
}

function button(
  label: string,
  key: string,
  icon: TemplateResult,
  action: () => void,
  pressed?: boolean,
): TemplateResult {
  return html`<button
    type="button"
    aria-label=${label}
    aria-keyshortcuts=${key}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)}
    title="${label} (${key})"
    @click=${action}
  >${icon}</button>`;
}

function layerMenu(
  { layers, layer }: ControlsModel,
  actions: ControlsActions,
  t: PlayerTexts,
): TemplateResult {
  const options = layerNames(layers, { low: t('low'), medium: t('medium'), high: t('high') })
    .map((name, index) => html`<option value=${index} .selected=${layer === index}>${name}</option>`)
    .reverse();
  return html`<select
    aria-label=${t('quality')}
    title=${t('quality')}
    @change=${(event: Event) => {
      if (!(event.target instanceof HTMLSelectElement)) return;
      actions.setLayer(event.target.value === '' ? null : Number(event.target.value));
    }}
  ><option value="" .selected=${layer === null}>${t('automatic')}</option>${options}</select>`;
}
