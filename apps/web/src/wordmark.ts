import { html, svg } from 'lit';

/** The sign: one stream in, many out. */
export const sign = svg`
  <svg viewBox="0 0 32 32" aria-hidden="true" class="sign">
    <rect width="32" height="32" rx="8" fill="#0b6b7a" />
    <g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round">
      <path d="M5.5 16H12c4 0 4.5-7.5 9-7.5h5.5" />
      <path d="M12 16h14.5" />
      <path d="M12 16c4 0 4.5 7.5 9 7.5h5.5" />
    </g>
  </svg>
`;

/** Sign and name, linked to the home page. */
export const wordmark = html`<a class="wordmark" href="/">${sign}<span>Spillway</span></a>`;
