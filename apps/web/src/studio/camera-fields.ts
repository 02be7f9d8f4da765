import type { Device } from '@spillway/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { selectField } from './select-field.ts';
import type { SourceDraft } from './source-draft.ts';
import { t } from './texts.ts';

type Edit = (change: Partial<SourceDraft>) => void;

/** A camera: one in the network by its URL, or one of the server, where it has any. */
export function cameraFields(draft: SourceDraft, devices: readonly Device[], edit: Edit): TemplateResult {
  const cameras = devices.filter(({ kind }) => kind === 'video');
  const which = selectField({
    id: 'source-device',
    label: t('cameraWhich'),
    options: [{ value: '', label: t('cameraNetwork') }, ...cameras.map(optionOf)],
    value: draft.videoDevice,
    choose: (videoDevice) => edit({ videoDevice }),
  });
  return html`
    ${cameras.length > 0 ? which : nothing}
    ${draft.videoDevice ? microphoneField(draft, devices, edit) : urlFields(draft, edit)}
  `;
}

function microphoneField(draft: SourceDraft, devices: readonly Device[], edit: Edit): TemplateResult {
  const microphones = devices.filter(({ kind }) => kind === 'audio');
  return selectField({
    id: 'source-microphone',
    label: t('cameraMicrophone'),
    options: [{ value: '', label: t('cameraMicrophoneNone') }, ...microphones.map(optionOf)],
    value: draft.audioDevice,
    choose: (audioDevice) => edit({ audioDevice }),
  });
}

function urlFields(draft: SourceDraft, edit: Edit): TemplateResult {
  const typed = (key: 'url' | 'username' | 'password') => (event: InputEvent) => {
    if (event.currentTarget instanceof HTMLInputElement) edit({ [key]: event.currentTarget.value });
  };
  return html`
    <div class="field">
      <label for="source-url">${t('cameraUrl')}</label>
      <input class="input mono" id="source-url" data-testid="source-url" type="text" inputmode="url" maxlength="2048"
        autocapitalize="none" autocomplete="off" spellcheck="false" placeholder="rtsp://192.168.1.20:554/stream1"
        aria-describedby="source-url-hint" .value=${draft.url} @input=${typed('url')} />
      <p class="hint" id="source-url-hint">${t('cameraUrlHint')}</p>
    </div>
    <div class="field-pair">
      <div class="field">
        <label for="source-username">${t('cameraUser')}</label>
        <input class="input" id="source-username" data-testid="source-username" maxlength="256" autocapitalize="none"
          autocomplete="off" spellcheck="false" .value=${draft.username} @input=${typed('username')} />
      </div>
      <div class="field">
        <label for="source-password">${t('cameraPassword')}</label>
        <input class="input" id="source-password" data-testid="source-password" type="password" maxlength="256"
          autocomplete="new-password" aria-describedby="source-password-hint" .value=${draft.password}
          @input=${typed('password')} />
      </div>
    </div>
    <p class="hint" id="source-password-hint">${t('cameraSecret')}</p>
  `;
}

function optionOf({ id, name }: Device) {
  return { value: id, label: `${name} (${id})` };
}
