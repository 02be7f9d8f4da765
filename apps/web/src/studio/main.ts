import { html, render } from 'lit';
import { Studio } from './studio.ts';
import './studio-page.ts';
import { t } from './texts.ts';

const studio = new Studio();
document.title = t('pageTitle');
// Browsers start sound only after a gesture.
for (const gesture of ['pointerdown', 'keydown']) {
  addEventListener(gesture, () => studio.stage.resumeAudio(), { passive: true });
}
render(html`<studio-page .studio=${studio}></studio-page>`, document.body);
