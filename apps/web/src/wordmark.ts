import { html, svg } from 'lit';

const lines = svg`
  <g fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round">
    <path d="M5.5 16H12c4 0 4.5-7.5 9-7.5h5.5" />
    <path d="M12 16h14.5" />
    <path d="M12 16c4 0 4.5 7.5 9 7.5h5.5" />
  </g>
`;

/** The sign's lines alone, in the text's colour: one stream in, many out. */
export const signLines = html`<svg viewBox="3 5 26 22" aria-hidden="true">${lines}</svg>`;

/** Sign and name, linked to the home page. */
export const wordmark = html`
  <a class="wordmark" href="/" aria-label="Spillway">
    <svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0b6b7a" />${lines}</svg>
    <span>Spillway</span>
  </a>
`;
