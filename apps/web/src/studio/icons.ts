import { svg } from 'lit';

const icon = (shape: unknown) => svg`
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round"
    stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;

const strike = svg`<path d="M4 3.5 20 20.5" />`;
const microphoneShape = svg`<rect x="9" y="3" width="6" height="11" rx="3" /><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />`;
const cameraShape = svg`<rect x="3" y="6.5" width="12" height="11" rx="2.5" /><path d="m15 10.5 6-3v9l-6-3" />`;

export const microphoneIcon = icon(microphoneShape);
export const microphoneOffIcon = icon(svg`${microphoneShape}${strike}`);
export const cameraIcon = icon(cameraShape);
export const cameraOffIcon = icon(svg`${cameraShape}${strike}`);
export const screenIcon = icon(
  svg`<rect x="3" y="4.5" width="18" height="12" rx="2" /><path d="M8.5 20h7M12 13.5v-6m0 0-2.5 2.5M12 7.5l2.5 2.5" />`,
);
export const eyeIcon = icon(
  svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" /><circle cx="12" cy="12" r="2.75" />`,
);
export const copyIcon = icon(
  svg`<rect x="8.5" y="8.5" width="12" height="12" rx="2.5" /><path d="M15.5 8.5V6A2.5 2.5 0 0 0 13 3.5H6A2.5 2.5 0 0 0 3.5 6v7A2.5 2.5 0 0 0 6 15.5h2.5" />`,
);
export const warnIcon = icon(svg`<path d="M12 4 2.8 19.5h18.4L12 4Z" /><path d="M12 10v4.5M12 17v.01" />`);
export const infoIcon = icon(svg`<circle cx="12" cy="12" r="9" /><path d="M12 11v5M12 8v.01" />`);
export const serverIcon = icon(
  svg`<rect x="3.5" y="4" width="17" height="7" rx="2" /><rect x="3.5" y="13" width="17" height="7" rx="2" /><path d="M7.5 7.5h.01M7.5 16.5h.01M11.5 7.5h5M11.5 16.5h5" />`,
);
export const fileIcon = icon(
  svg`<rect x="3.5" y="4.5" width="17" height="15" rx="2.5" /><path d="m10 9 5 3-5 3V9Z" />`,
);
export const encoderIcon = icon(
  svg`<circle cx="12" cy="12" r="2" /><path d="M8 16a5.7 5.7 0 0 1 0-8M16 8a5.7 5.7 0 0 1 0 8M5.2 18.8a9.6 9.6 0 0 1 0-13.6M18.8 5.2a9.6 9.6 0 0 1 0 13.6" />`,
);
export const patternIcon = icon(
  svg`<rect x="3" y="4.5" width="18" height="15" rx="2.5" /><path d="M7.5 4.5v15M12 4.5v15M16.5 4.5v15" />`,
);
export const checkIcon = icon(svg`<circle cx="12" cy="12" r="9" /><path d="m8 12.3 2.7 2.7L16 9.5" />`);
