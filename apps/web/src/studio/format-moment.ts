import { language } from '../i18n.ts';

const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
const dateAndClock = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment (ISO 8601) in the page's language and the user's time zone; without its date when that is today. */
export function formatMoment(iso: string): string {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return (isToday ? clock : dateAndClock).format(date);
}
