import { html } from 'lit';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** Asks whether to end another's broadcast. */
class TakeoverDialog extends StudioElement {
  protected override render() {
    const room = this.studio.broadcast.busyRoom ?? '';
    return html`
      <dialog class="card dialog" data-testid="takeover-dialog" aria-labelledby="takeover-title" @close=${this.#handleClose}>
        <h2 id="takeover-title">${t('busyTitle', { room })}</h2>
        <p class="muted">${t('busyText')}</p>
        <form class="dialog-actions" method="dialog">
          <button class="button" value="cancel" data-testid="takeover-cancel">${t('cancel')}</button>
          <button class="button primary" value="takeover" data-testid="takeover">${t('takeover')}</button>
        </form>
      </dialog>
    `;
  }

  protected override updated(): void {
    const dialog = this.querySelector('dialog');
    if (!dialog) return;
    const isAsked = this.studio.broadcast.busyRoom !== undefined;
    if (isAsked && !dialog.open) {
      dialog.returnValue = '';
      dialog.showModal();
    }
  }

  #handleClose(event: Event): void {
    if (!(event.currentTarget instanceof HTMLDialogElement)) return;
    if (event.currentTarget.returnValue === 'takeover') void this.studio.goLive(true);
    else this.studio.broadcast.dismiss();
  }
}

customElements.define('takeover-dialog', TakeoverDialog);
