import { html, nothing } from 'lit';
import { cameraFields } from './camera-fields.ts';
import { isRoomName } from './credential.ts';
import { cameraIcon, encoderIcon, fileIcon, patternIcon } from './icons.ts';
import './library-list.ts';
import { segments } from './segments.ts';
import {
  draftConfig,
  draftFault,
  emptyDraft,
  inputOf,
  kindOf,
  type SourceDraft,
  type SourceKind,
} from './source-draft.ts';
import { sourceOptions } from './source-options.ts';
import './source-report.ts';
import { faultText, requestText } from './source-words.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

const kinds: Record<SourceKind, { text: StudioText; icon: unknown }> = {
  file: { text: 'kindFile', icon: fileIcon },
  camera: { text: 'kindCamera', icon: cameraIcon },
  encoder: { text: 'kindEncoder', icon: encoderIcon },
  test: { text: 'kindTest', icon: patternIcon },
};

const kindSegments = (['file', 'camera', 'encoder', 'test'] as const).map((value) => ({
  value,
  label: t(kinds[value].text),
  icon: kinds[value].icon,
}));

/** Chooses what the server shall send. What is typed lives here only, and goes with the form. */
class SourceForm extends StudioElement {
  #draft: SourceDraft = emptyDraft;
  /** Whether to say what is missing. */
  #pressed = false;
  readonly #edit = (change: Partial<SourceDraft>): void => {
    this.#draft = { ...this.#draft, ...change };
    this.#pressed = false;
    this.studio.source.forgetCheck();
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    const { status } = this.studio.source;
    if (status) this.#draft = { ...emptyDraft, kind: kindOf(status.config.type) };
  }

  protected override render() {
    const { kind } = this.#draft;
    return html`
      <form class="card panel source-form" data-testid="source-form" novalidate autocomplete="off" aria-labelledby="source-form-title"
        @submit=${this.#submit}>
        <h2 id="source-form-title" tabindex="-1">${t('serverTitle')}</h2>
        ${segments({
          name: 'source-kind',
          label: t('kind'),
          segments: kindSegments,
          value: kind,
          tall: true,
          choose: (chosen) => this.#edit({ kind: chosen }),
        })}
        ${this.#fields()} ${sourceOptions(this.#draft, this.#edit)} ${this.#doctor()} ${this.#actions()}
      </form>
    `;
  }

  #fields() {
    const draft = this.#draft;
    const { source } = this.studio;
    switch (draft.kind) {
      case 'file':
        return html`
          <library-list .studio=${this.studio} .chosen=${draft.file} .choose=${(file: string) => this.#edit({ file })}>
          </library-list>
          <label class="check">
            <input type="checkbox" data-testid="source-loop" .checked=${draft.loop}
              @change=${() => this.#edit({ loop: !draft.loop })} />
            <span>${t('loop')}</span>
          </label>
        `;
      case 'camera':
        return cameraFields(draft, source.devices, this.#edit);
      case 'encoder':
        return html`
          ${segments({
            name: 'source-protocol',
            label: t('encoderProtocol'),
            segments: [
              { value: 'rtmp', label: 'RTMP' },
              { value: 'srt', label: 'SRT' },
            ],
            value: draft.protocol,
            choose: (protocol) => this.#edit({ protocol }),
          })}
          <p class="hint">${t(draft.protocol === 'rtmp' ? 'encoderRtmp' : 'encoderSrt')} ${t('encoderHint')}</p>
        `;
      case 'test':
        return html`<p class="hint">${t('testHint')}</p>`;
    }
  }

  /** What the doctor says of a camera or file before it is started. */
  #doctor() {
    const { doctor } = this.studio.source;
    return html`<div class="source-check" role="status">
      ${doctor.state === 'running' ? html`<p class="hint">${t('checkHint')}</p>` : nothing}
      ${
        doctor.state === 'failed'
          ? html`<p class="field-error" data-testid="source-check-failure">
              ${t(requestText(doctor.failure), { detail: doctor.failure.detail })}
            </p>`
          : nothing
      }
      ${
        doctor.state === 'done'
          ? html`<source-report data-testid="source-check-report" .report=${doctor.report}></source-report>`
          : nothing
      }
    </div>`;
  }

  #actions() {
    const { source, room } = this.studio;
    const { busy, doctor, replacing } = source;
    const fault = this.#pressed ? draftFault(this.#draft) : undefined;
    const isRoomWrong = room !== '' && !isRoomName(room);
    const isChecking = doctor.state === 'running';
    return html`
      ${fault ? html`<p class="field-error" role="alert" data-testid="source-fault">${t(faultText(fault))}</p>` : nothing}
      <div class="source-submit">
        <p class=${isRoomWrong ? 'field-error' : 'hint'}>
          ${isRoomWrong ? t('roomInvalid') : room ? t('intoRoom', { room }) : t('intoNewRoom')}
        </p>
        ${
          replacing
            ? html`<button class="button quiet" type="button" data-testid="source-keep" ?disabled=${busy !== undefined}
                @click=${() => source.setReplacing(false)}>${t('keep')}</button>`
            : nothing
        }
        ${
          this.#draft.kind === 'file' || this.#draft.kind === 'camera'
            ? html`<button class="button" type="button" data-testid="source-check" ?disabled=${isChecking || busy !== undefined}
                @click=${this.#check}>${t(isChecking ? 'checking' : 'check')}</button>`
            : nothing
        }
        <button class="button primary big" type="submit" data-testid="source-start"
          ?disabled=${busy !== undefined || isRoomWrong}>${t(busy === 'start' ? 'starting' : 'start')}</button>
      </div>
    `;
  }

  #isComplete(): boolean {
    this.#pressed = true;
    this.requestUpdate();
    return draftFault(this.#draft) === undefined;
  }

  #check(): void {
    if (this.#isComplete()) void this.studio.source.check(inputOf(this.#draft));
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (!this.#isComplete()) return;
    const started = await this.studio.startSource(draftConfig(this.#draft));
    if (started) this.#edit(emptyDraft);
  }
}

customElements.define('source-form', SourceForm);
