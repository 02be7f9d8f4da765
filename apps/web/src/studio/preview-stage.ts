import { html, nothing, type PropertyValues } from 'lit';
import type { BroadcastState } from './broadcast-control.ts';
import { formatDuration } from './format.ts';
import { cameraOffIcon, eyeIcon } from './icons.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

const stateTexts: Record<BroadcastState, StudioText> = {
  offline: 'stateOffline',
  starting: 'stateStarting',
  live: 'stateLive',
  reconnecting: 'stateReconnecting',
};

const stateClasses: Record<BroadcastState, string> = {
  offline: '',
  starting: 'warn',
  live: 'live',
  reconnecting: 'warn',
};

/** What viewers see, with the state over it. */
class PreviewStage extends StudioElement {
  readonly #stream = new MediaStream();

  protected override render() {
    const { stage, broadcast } = this.studio;
    const { state, viewers, since } = broadcast;
    const hasPicture = stage.tracks.video !== undefined && !stage.pictureOff;
    return html`
      <div class="preview">
        <video muted autoplay playsinline aria-label=${t('preview')} data-testid="preview" ?hidden=${!hasPicture}></video>
        ${hasPicture ? nothing : this.#placeholder()}
        <div class="preview-top">
          <span class="badge ${stateClasses[state]}" role="status" data-testid="state" data-state=${state}>
            ${t(stateTexts[state])}
          </span>
          ${
            since === undefined
              ? nothing
              : html`<span class="badge over mono" data-testid="duration">${formatDuration(performance.now() - since)}</span>`
          }
          ${
            viewers === undefined
              ? nothing
              : html`<span class="badge over viewers" role="img" aria-label=${t('viewers', { count: viewers })}>
                  ${eyeIcon}<span data-testid="viewer-count" data-value=${viewers}>${viewers}</span>
                </span>`
          }
        </div>
      </div>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { video } = this.studio.stage.tracks;
    const [shown] = this.#stream.getVideoTracks();
    if (shown !== video) {
      if (shown) this.#stream.removeTrack(shown);
      if (video) this.#stream.addTrack(video);
    }
    const element = this.querySelector('video');
    // An empty stream would hold up the page's load event.
    const source = video ? this.#stream : null;
    if (element && element.srcObject !== source) element.srcObject = source;
  }

  #placeholder() {
    const { stage } = this.studio;
    const isOpening = !this.studio.ready && stage.problems.size === 0 && !stage.pictureOff;
    const text = stage.pictureOff ? 'pictureOff' : isOpening ? 'opening' : 'noPicture';
    return html`<div class="preview-empty">${cameraOffIcon}<p>${t(text)}</p></div>`;
  }
}

customElements.define('preview-stage', PreviewStage);
