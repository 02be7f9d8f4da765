import { html, nothing, type TemplateResult } from 'lit';
import { cameraIcon, cameraOffIcon, microphoneIcon, microphoneOffIcon, screenIcon } from './icons.ts';
import './level-bar.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

interface Toggle {
  id: string;
  label: StudioText;
  icon: unknown;
  pressed: boolean;
  disabled: boolean;
  toggle: () => void;
}

/** Phones cannot; a page without a secure context says so elsewhere. */
const canShareScreen = navigator.mediaDevices !== undefined && 'getDisplayMedia' in navigator.mediaDevices;

/** Under the preview: microphone, picture, screen, and the one primary button. */
class ControlBar extends StudioElement {
  protected override render() {
    const { stage, broadcast } = this.studio;
    const { muted, pictureOff, sharing } = stage;
    return html`
      <div class="controls">
        <div class="controls-toggles">
          ${this.#toggle({
            id: 'mute',
            label: muted ? 'unmute' : 'mute',
            icon: muted ? microphoneOffIcon : microphoneIcon,
            pressed: muted,
            disabled: !stage.microphone,
            toggle: () => stage.setMuted(!muted),
          })}
          <level-bar .studio=${this.studio}></level-bar>
          ${this.#toggle({
            id: 'camera-toggle',
            label: pictureOff ? 'turnPictureOn' : 'turnPictureOff',
            icon: pictureOff ? cameraOffIcon : cameraIcon,
            pressed: pictureOff,
            disabled: !stage.tracks.video,
            toggle: () => stage.setPictureOff(!pictureOff),
          })}
          ${
            canShareScreen
              ? this.#toggle({
                  id: 'share-screen',
                  label: sharing ? 'stopSharing' : 'shareScreen',
                  icon: screenIcon,
                  pressed: sharing,
                  disabled: false,
                  toggle: () => (sharing ? stage.unshareScreen() : void stage.shareScreen()),
                })
              : nothing
          }
        </div>
        ${
          broadcast.state === 'offline'
            ? html`<button class="button primary big" type="button" data-testid="go-live" ?disabled=${!this.studio.ready}
                @click=${() => this.studio.goLive()}>${t('goLive')}</button>`
            : html`<button class="button danger big" type="button" data-testid="end"
                @click=${() => broadcast.end()}>${t('end')}</button>`
        }
      </div>
    `;
  }

  #toggle({ id, label, icon, pressed, disabled, toggle }: Toggle): TemplateResult {
    // The label names what a press does, so no aria-pressed: it would say the same thing backwards.
    return html`<button class="icon-button toggle ${pressed ? 'on' : ''}" type="button" data-testid=${id} ?disabled=${disabled}
      aria-label=${t(label)} title=${t(label)} @click=${toggle}>${icon}</button>`;
  }
}

customElements.define('control-bar', ControlBar);
