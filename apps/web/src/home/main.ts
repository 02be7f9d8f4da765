import type { RoomInfo } from '@spillway/protocol';
import { html, nothing, render } from 'lit';
import './home.css';
import { poll } from '../poll.ts';
import { fetchRooms } from '../rooms.ts';
import { wordmark } from '../wordmark.ts';
import { roomFromInput } from './room-input.ts';
import { roomList } from './room-list.ts';
import { t } from './texts.ts';

const REFRESH_MS = 4000;

let rooms: RoomInfo[] | undefined;
let failed = false;
let invalid = false;

function submit(event: SubmitEvent): void {
  event.preventDefault();
  if (!(event.target instanceof HTMLFormElement)) return;
  const room = roomFromInput(String(new FormData(event.target).get('room') ?? ''));
  invalid = room === undefined;
  if (room) location.assign(`/watch/${room}`);
  else event.target.querySelector('input')?.focus();
  show();
}

function edited(): void {
  if (!invalid) return;
  invalid = false;
  show();
}

function joinForm() {
  return html`
    <form class="join" novalidate @submit=${submit}>
      <label class="visually-hidden" for="room">${t('room')}</label>
      <input
        class="input"
        id="room"
        name="room"
        placeholder=${t('room')}
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        enterkeyhint="go"
        aria-invalid=${invalid}
        aria-describedby=${invalid ? 'room-error' : nothing}
        @input=${edited}
      />
      <button class="button primary" type="submit">${t('watch')}</button>
      ${invalid ? html`<p class="field-error" id="room-error" role="alert">${t('roomInvalid')}</p>` : nothing}
    </form>
  `;
}

function show(): void {
  render(
    html`
      <header class="page-header">
        ${wordmark}
        <a class="button" href="/studio">${t('goLive')}</a>
      </header>
      <main class="page-main home">
        <section class="hero">
          <h1>${t('heading')}</h1>
          <p class="lead">${t('lead')}</p>
          ${joinForm()}
        </section>
        ${roomList(rooms, failed)}
      </main>
      <footer class="page-footer small muted">
        <span>${t('footer')}</span>
        <a href="/docs">${t('api')}</a>
      </footer>
    `,
    document.body,
  );
}

document.title = t('title');
show();
poll(async () => {
  try {
    rooms = (await fetchRooms()).filter((room) => room.state !== 'offline');
    failed = false;
  } catch {
    failed = true;
  }
  show();
}, REFRESH_MS);
