import type { RoomInfo } from '@spillway/protocol';
import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { language } from '../i18n.ts';
import { signLines } from '../wordmark.ts';
import { t } from './texts.ts';

const count = new Intl.NumberFormat(language);

/**
 * The section of live rooms.
 *
 * @param rooms undefined before the first answer.
 * @param failed The last attempt to fetch them failed.
 */
export function roomList(rooms: readonly RoomInfo[] | undefined, failed: boolean): TemplateResult {
  return html`
    <section class="live-rooms" aria-labelledby="live-rooms">
      <h2 id="live-rooms">${t('liveRooms')}</h2>
      ${failed ? html`<p class="notice warn" role="status">${t('failed')}</p>` : content(rooms)}
    </section>
  `;
}

function content(rooms: readonly RoomInfo[] | undefined): TemplateResult {
  if (!rooms) return html`<p class="muted">${t('loading')}</p>`;
  if (rooms.length === 0) {
    return html`<div class="card empty"><p>${t('nothing')}</p><p class="muted">${t('nothingHint')}</p></div>`;
  }
  return html`<ul class="room-grid">
    ${repeat(rooms, (room) => room.name, roomCard)}
  </ul>`;
}

function roomCard({ name, state, viewers, broadcast }: RoomInfo): TemplateResult {
  const live = state === 'live';
  return html`<li>
    <a class="card room" href="/watch/${name}">
      <span class="room-cover">
        ${signLines}<span class="badge ${live ? 'live' : 'warn'}">${t(live ? 'live' : 'interrupted')}</span>
      </span>
      <span class="room-name">${name}</span>
      <span class="room-facts">
        <span>${viewers === 1 ? t('viewersOne') : t('viewersMany', { count: count.format(viewers) })}</span>
        ${broadcast ? html`<span>${age(broadcast.since)}</span>` : ''}
      </span>
    </a>
  </li>`;
}

function age(since: string): string {
  const minutes = Math.floor((Date.now() - Date.parse(since)) / 60_000);
  if (minutes < 1) return t('justStarted');
  if (minutes < 90) return t('minutes', { count: minutes });
  return t('hours', { count: Math.round(minutes / 60) });
}
