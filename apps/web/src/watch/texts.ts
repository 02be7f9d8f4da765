import { pageTexts } from '../i18n.ts';

/** Texts of the watch page. */
export const t = pageTexts({
  en: {
    live: 'Live',
    interrupted: 'Returning',
    offline: 'Offline',
    viewersOne: '1 viewer',
    viewersMany: '{count} viewers',
  },
  zh: {
    live: '直播中',
    interrupted: '即将恢复',
    offline: '未开播',
    viewersOne: '1 位观众',
    viewersMany: '{count} 位观众',
  },
});
