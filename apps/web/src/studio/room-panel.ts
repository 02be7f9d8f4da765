import { html, nothing } from 'lit';
import { isRoomName } from './credential.ts';
import { copyIcon } from './icons.ts';
import './qr-code.ts';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** How long the button says that the link is copied. Milliseconds. */
const COPIED_MS = 2000;

/** The room: its name to choose before the broadcast, its link to give away. */
class RoomPanel extends StudioElement {
  #copied = false;

  protected override render() {
    const { broadcast, room } = this.studio;
    const isOffline = broadcast.state === 'offline';
    const isWrong = room !== '' && !isRoomName(room);
    const planned = room && !isWrong ? broadcast.watchLinkOf(room) : undefined;
    const link = isOffline ? planned : broadcast.watchLink;
    return html`
      <section class="card panel" aria-labelledby="room-title">
        <h2 id="room-title">${t('room')}</h2>
        ${isOffline ? this.#input(room, isWrong) : html`<p class="room-name" data-testid="room-name">${broadcast.room}</p>`}
        ${link ? this.#share(link) : nothing}
      </section>
    `;
  }

  #input(room: string, isWrong: boolean) {
    return html`
      <div class="field">
        <label for="room-input">${t('roomName')}</label>
        <input class="input" id="room-input" data-testid="room-input" maxlength="64" autocapitalize="none" autocomplete="off"
          spellcheck="false" placeholder=${t('roomPlaceholder')} .value=${room} aria-invalid=${isWrong ? 'true' : 'false'}
          aria-describedby="room-hint" @input=${this.#handleInput} />
        <p id="room-hint" class=${isWrong ? 'field-error' : 'hint'}>${isWrong ? t('roomInvalid') : t('roomHint')}</p>
      </div>
    `;
  }

  #share(link: string) {
    return html`
      <div class="share">
        <qr-code .text=${link} .label=${t('qr')}></qr-code>
        <div class="share-text">
          <span class="label">${t('watchLink')}</span>
          <a class="watch-link" href=${link} target="_blank" rel="noopener" data-testid="watch-link">${breakable(link)}</a>
          <button class="button" type="button" data-testid="copy-link" @click=${() => this.#copy(link)}>
            ${copyIcon}<span role="status">${this.#copied ? t('copied') : t('copy')}</span>
          </button>
        </div>
      </div>
    `;
  }

  #handleInput(event: InputEvent): void {
    if (!(event.currentTarget instanceof HTMLInputElement)) return;
    this.studio.setRoom(event.currentTarget.value.trim().toLowerCase().replaceAll(/\s+/g, '-'));
  }

  async #copy(link: string): Promise<void> {
    await copyText(link);
    this.#copied = true;
    this.requestUpdate();
    setTimeout(() => {
      this.#copied = false;
      this.requestUpdate();
    }, COPIED_MS);
  }
}

/** The link as people type it, to be broken before its path if need be. */
function breakable(link: string) {
  const { host, pathname } = new URL(link);
  return html`${host}<wbr />${pathname}`;
}

/** Also in a page without a secure context, which has no clipboard. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

customElements.define('room-panel', RoomPanel);
