import { html, svg, type TemplateResult } from 'lit';

function icon(content: TemplateResult<2>): TemplateResult {
  return html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">${content}</svg>`;
}

function outline(path: string): TemplateResult {
  return icon(
    svg`<path d=${path} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />`,
  );
}

/** The player's signs, 24 by 24, in the text's colour. */
export const icons = {
  play: icon(
    svg`<path d="M8 5.2v13.6a1 1 0 0 0 1.5.86l11-6.8a1 1 0 0 0 0-1.72l-11-6.8A1 1 0 0 0 8 5.2z" fill="currentColor" />`,
  ),
  pause: icon(
    svg`<rect x="6" y="5" width="4" height="14" rx="1" fill="currentColor" /><rect x="14" y="5" width="4" height="14" rx="1" fill="currentColor" />`,
  ),
  sound: outline('M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11'),
  muted: outline('M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5'),
  enterFullscreen: outline('M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5'),
  exitFullscreen: outline('M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5'),
  pictureInPicture: icon(
    svg`<rect x="3" y="5" width="18" height="14" rx="2" fill="none" stroke="currentColor" stroke-width="2" /><rect x="12" y="11.5" width="6.5" height="5" rx="1" fill="currentColor" />`,
  ),
  stats: outline('M5 19v-6M12 19V5M19 19v-9'),
};
