import { html, nothing, type TemplateResult } from 'lit';
import { infoIcon, warnIcon } from './icons.ts';
import { failureWords, spokenProblems } from './problem-words.ts';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** What is wrong, what has changed by itself, and what can be done about it. Read out as it appears. */
class NoticeList extends StudioElement {
  protected override render() {
    return html`
      <div class="notices" role="alert">${this.#problems()}${this.#failure()}${this.#undecodable()}</div>
      <div class="notices" role="status">${this.#reconnecting()}${this.#moved()}${this.#offer()}</div>
    `;
  }

  #problems() {
    const { stage } = this.studio;
    return spokenProblems(stage.problems).map(({ capture, problem, words: { title, mend } }) => {
      return html`
        <div class="notice bad" data-testid="problem" data-problem=${`${capture}-${problem}`}>
          ${warnIcon}
          <div>
            <p class="notice-title">${t(title)}</p>
            <p>${t(mend, { origin: location.origin })}</p>
            ${
              capture === 'screen' || problem === 'insecure'
                ? nothing
                : html`<button class="button" type="button" data-testid="retry" @click=${() => stage.open()}>
                    ${t('tryAgain')}
                  </button>`
            }
          </div>
        </div>
      `;
    });
  }

  #failure() {
    const { failure } = this.studio.broadcast;
    if (!failure || failure.code === 'unauthorized') return nothing;
    const text = t(failureWords(failure.code), { detail: failure.detail.replace(/\.$/, '') });
    return this.#dismissable('bad', 'failure', failure.code, text);
  }

  #undecodable() {
    const codec = this.studio.broadcast.undecodable;
    if (!codec || this.studio.codec === 'auto') return nothing;
    return html`<div class="notice warn" data-testid="notice" data-notice="undecodable">
      ${warnIcon}<p>${t('noticeUndecodable', { codec })}</p>
    </div>`;
  }

  #reconnecting() {
    if (this.studio.broadcast.state !== 'reconnecting') return nothing;
    return html`<div class="notice warn" data-testid="notice" data-notice="reconnecting">
      ${infoIcon}<p>${t(this.studio.broadcast.endpoint ? 'noticeReconnectingWhip' : 'noticeReconnecting')}</p>
    </div>`;
  }

  #moved() {
    const { moved } = this.studio.broadcast;
    if (!moved?.from || !moved.to) return nothing;
    const words = moved.reason === 'encoder' ? 'noticeMovedEncoder' : 'noticeMovedViewers';
    return this.#dismissable('', 'notice', 'moved', t(words, { from: moved.from, to: moved.to }));
  }

  #offer() {
    const room = this.studio.offeredRoom;
    if (!room || !this.studio.ready) return nothing;
    return html`<div class="notice" data-testid="return-offer">
      ${infoIcon}
      <div>
        <p>${t('offerText', { room })}</p>
        <div class="notice-actions">
          <button class="button" type="button" data-testid="return-accept" @click=${() => this.studio.acceptOffer()}>
            ${t('offerAccept')}
          </button>
          <button class="button quiet" type="button" data-testid="return-decline" @click=${() => this.studio.declineOffer()}>
            ${t('offerDecline')}
          </button>
        </div>
      </div>
    </div>`;
  }

  #dismissable(kind: string, id: string, what: string, text: string): TemplateResult {
    return html`<div class="notice ${kind}" data-testid=${id} data-notice=${what}>
      ${kind === 'bad' ? warnIcon : infoIcon}
      <p>${text}</p>
      <button class="button quiet" type="button" @click=${() => this.studio.broadcast.dismiss()}>${t('dismiss')}</button>
    </div>`;
  }
}

customElements.define('notice-list', NoticeList);
