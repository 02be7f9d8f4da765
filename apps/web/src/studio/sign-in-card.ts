import { html, nothing } from 'lit';
import { isRoomName } from './credential.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

/** Asks for a token or publish key, and says where to find it. */
class SignInCard extends StudioElement {
  #error: StudioText | undefined;

  protected override render() {
    const error = this.#error ?? (this.studio.signInReason === 'refused' ? 'signInRefused' : undefined);
    const isRoomWrong = this.#error === 'roomInvalid';
    return html`
      <form class="card sign-in" data-testid="sign-in" novalidate @submit=${this.#submit}>
        <div>
          <h2>${t('signInTitle')}</h2>
          <p class="muted">${t('signInLead')}</p>
        </div>
        <div class="field">
          <label for="sign-in-credential">${t('signInCredential')}</label>
          <input class="input mono" id="sign-in-credential" name="credential" type="password" required maxlength="256"
            autocomplete="off" spellcheck="false" data-testid="token-input" aria-describedby="sign-in-error sign-in-stays"
            aria-invalid=${error && !isRoomWrong ? 'true' : 'false'} />
          <p class="hint" id="sign-in-stays">${t('signInStays')}</p>
        </div>
        <div class="field">
          <label for="sign-in-room">${t('signInRoom')}</label>
          <input class="input" id="sign-in-room" name="room" maxlength="64" autocapitalize="none" autocomplete="off"
            spellcheck="false" .value=${this.studio.room} aria-describedby="sign-in-room-hint"
            aria-invalid=${isRoomWrong ? 'true' : 'false'} data-testid="sign-in-room" />
          <p class="hint" id="sign-in-room-hint">${t('signInRoomHint')}</p>
        </div>
        <p class="field-error" id="sign-in-error" role="alert">${error ? t(error) : nothing}</p>
        <button class="button primary" type="submit" data-testid="sign-in-submit">${t('signInSubmit')}</button>
        <details>
          <summary>${t('signInWhere')}</summary>
          <ul class="sign-in-where">
            <li>${t('signInWhereFirst')}</li>
            <li>${t('signInWhereEnv')}</li>
            <li>${t('signInWhereKey')}</li>
          </ul>
        </details>
      </form>
    `;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const fields = new FormData(event.currentTarget);
    const value = String(fields.get('credential') ?? '').trim();
    const room = String(fields.get('room') ?? '')
      .trim()
      .toLowerCase();
    if (value === '') this.#error = 'signInEmpty';
    else if (room !== '' && !isRoomName(room)) this.#error = 'roomInvalid';
    else {
      this.#error = undefined;
      // Which of the two it is shows when it is used; a key is of use only with its room.
      this.studio.signIn({ kind: room ? 'key' : 'token', value, room: room || undefined });
      return;
    }
    this.requestUpdate();
  }
}

customElements.define('sign-in-card', SignInCard);
