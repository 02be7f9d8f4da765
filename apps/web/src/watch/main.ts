import '@spillway/client/player';
import { parseWatchUrl, type ViewerState } from '@spillway/client';
import type { RoomState } from '@spillway/protocol';
import { html, nothing, render } from 'lit';
import './watch.css';
import { language } from '../i18n.ts';
import { poll } from '../poll.ts';
import { fetchRoom } from '../rooms.ts';
import { wordmark } from '../wordmark.ts';
import { t } from './texts.ts';

const REFRESH_MS = 5000;

const room = parseWatchUrl(location.href)?.room ?? '';
const count = new Intl.NumberFormat(language);

let state: RoomState | undefined;
let viewers: number | undefined;

const badges: Record<RoomState, string> = { live: 'live', interrupted: 'warn', offline: '' };

function stateChanged(event: CustomEvent<{ state: ViewerState }>): void {
  const { state: seen } = event.detail;
  if (seen === 'unsupported') state = 'live';
  else state = seen === 'live' || seen === 'interrupted' || seen === 'offline' ? seen : undefined;
  show();
  refresh();
}

function show(): void {
  render(
    html`
      <main class="watch">
        <spillway-player src=${location.href} @statechange=${stateChanged}>
          <header class="watch-header" slot="top">
            ${wordmark}
            <h1>${room}</h1>
            ${state ? html`<span class="badge ${badges[state]}">${t(state)}</span>` : nothing}
            ${
              viewers && state && state !== 'offline'
                ? html`<span class="viewers">
                    ${viewers === 1 ? t('viewersOne') : t('viewersMany', { count: count.format(viewers) })}
                  </span>`
                : nothing
            }
          </header>
        </spillway-player>
      </main>
    `,
    document.body,
  );
}

document.title = `${room} · Spillway`;
show();
// The player has the page to itself, and so all keys.
document.addEventListener('keydown', (event) => {
  if (event.target === document.body) document.querySelector('spillway-player')?.handleKey(event);
});
const refresh = poll(async () => {
  if (!state || state === 'offline') return;
  viewers = await fetchRoom(room).then(
    (info) => info.viewers,
    () => undefined,
  );
  show();
}, REFRESH_MS);
