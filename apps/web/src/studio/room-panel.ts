import { html, nothing } from 'lit';
import './copy-button.ts';
import { isRoomName } from './credential.ts';
import './qr-code.ts';
import { segments } from './segments.ts';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';
import { whipFields } from './whip-fields.ts';

/** Where the broadcast goes: to a room, whose link is to be given away, or to another server. */
class RoomPanel extends StudioElement {
  readonly #handleFault = () => void this.#showFault();

  override connectedCallback(): void {
    super.connectedCallback();
    this.studio.addEventListener('fault', this.#handleFault);
  }

  override disconnectedCallback(): void {
    this.studio.removeEventListener('fault', this.#handleFault);
    super.disconnectedCallback();
  }

  protected override render() {
    const { studio } = this;
    const isOffline = studio.broadcast.state === 'offline';
    // A source of the server broadcasts on the server.
    const hasChoice = studio.origin === 'device';
    const isElsewhere = hasChoice && studio.destination === 'whip';
    return html`
      <section class="card panel" aria-labelledby="room-title">
        <h2 id="room-title">${t(hasChoice ? 'destination' : 'room')}</h2>
        ${
          hasChoice && isOffline
            ? segments({
                name: 'destination',
                label: t('destination'),
                segments: [
                  { value: 'here', label: t('destinationHere') },
                  { value: 'whip', label: t('destinationWhip') },
                ],
                value: studio.destination,
                choose: (kind) => studio.chooseDestination(kind),
              })
            : nothing
        }
        ${isElsewhere ? this.#elsewhere(isOffline) : this.#here(isOffline)}
      </section>
    `;
  }

  /** What is to be mended may be below the screen's edge. */
  async #showFault(): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLInputElement>('[aria-invalid=true]')?.focus();
  }

  #elsewhere(isOffline: boolean) {
    if (isOffline) return whipFields(this.studio);
    const { endpoint } = this.studio.broadcast;
    if (!endpoint) return nothing;
    const { host, pathname } = endpoint;
    return html`<p class="whip-name" data-testid="whip-name"><strong>${host}</strong><wbr />${pathname}</p>`;
  }

  #here(isOffline: boolean) {
    const { broadcast, room } = this.studio;
    const isWrong = room !== '' && !isRoomName(room);
    const planned = room && !isWrong ? broadcast.watchLinkOf(room) : undefined;
    const link = isOffline ? planned : broadcast.watchLink;
    return html`
      ${isOffline ? this.#input(room, isWrong) : html`<p class="room-name" data-testid="room-name">${broadcast.room}</p>`}
      ${link ? this.#share(link) : nothing}
    `;
  }

  #input(room: string, isWrong: boolean) {
    return html`
      <div class="field">
        <label for="room-input">${t('roomName')}</label>
        <input class="input" id="room-input" data-testid="room-input" maxlength="64" autocapitalize="none" autocomplete="off"
          spellcheck="false" placeholder=${t('roomPlaceholder')} .value=${room} aria-invalid=${isWrong ? 'true' : 'false'}
          aria-describedby="room-hint" ?disabled=${this.studio.source.busy !== undefined} @input=${this.#handleInput} />
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
          <copy-button .text=${link} .label=${t('copy')} .test=${'copy-link'}></copy-button>
        </div>
      </div>
    `;
  }

  #handleInput(event: InputEvent): void {
    if (!(event.currentTarget instanceof HTMLInputElement)) return;
    this.studio.setRoom(event.currentTarget.value.trim().toLowerCase().replaceAll(/\s+/g, '-'));
  }
}

/** The link as people type it, to be broken before its path if need be. */
function breakable(link: string) {
  const { host, pathname } = new URL(link);
  return html`${host}<wbr />${pathname}`;
}

customElements.define('room-panel', RoomPanel);
