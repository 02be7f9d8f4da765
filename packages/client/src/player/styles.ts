import { css } from 'lit';

/** Styles of <spillway-player>. The element's README lists the custom properties and parts. */
export const playerStyles = css`
  :host {
    --accent: var(--spillway-accent, #3cc4d8);
    display: block;
    position: relative;
    width: 100%;
    aspect-ratio: 16 / 9;
    overflow: hidden;
    border-radius: var(--spillway-radius, 0);
    background: var(--spillway-background, #000);
    color: #fff;
    font: 400 1rem/1.4 var(--spillway-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC',
      'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif);
    -webkit-tap-highlight-color: transparent;
  }
  :host([hidden]) {
    display: none;
  }
  :host(:fullscreen) {
    aspect-ratio: auto;
    height: 100%;
    border-radius: 0;
  }
  * {
    box-sizing: border-box;
  }
  .frame {
    position: absolute;
    inset: 0;
    container-type: size;
    outline: none;
    user-select: none;
    -webkit-user-select: none;
  }
  .frame:not(.idle):focus-visible::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 3px solid var(--accent);
    pointer-events: none;
  }
  .picture,
  video,
  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  video,
  canvas {
    object-fit: var(--spillway-fit, contain);
  }
  canvas[hidden] {
    display: none;
  }
  .idle {
    cursor: none;
  }

  /* Bars over the picture. */
  .top,
  .bar {
    position: absolute;
    inset-inline: 0;
    display: flex;
    align-items: center;
    gap: 0.125rem;
    transition: opacity 200ms ease;
  }
  .top {
    top: 0;
    padding: 0.75rem 1rem 2.5rem;
    padding-top: max(0.75rem, env(safe-area-inset-top));
    padding-inline: max(1rem, env(safe-area-inset-left)) max(1rem, env(safe-area-inset-right));
    background: linear-gradient(#000b, #0000);
    pointer-events: none;
  }
  .top.bare {
    background: none;
  }
  .top ::slotted(*) {
    pointer-events: auto;
  }
  .bar {
    bottom: 0;
    padding: 2.5rem 0.75rem 0.5rem;
    padding-bottom: max(0.5rem, env(safe-area-inset-bottom));
    padding-inline: max(0.75rem, env(safe-area-inset-left)) max(0.75rem, env(safe-area-inset-right));
    background: linear-gradient(#0000, #000c);
    pointer-events: none;
  }
  .bar > * {
    pointer-events: auto;
  }
  .idle :is(.top, .bar) {
    opacity: 0;
  }
  .idle .bar > *,
  .idle .top ::slotted(*) {
    pointer-events: none;
  }
  .space {
    flex: 1;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  .bar button {
    display: inline-grid;
    place-items: center;
    flex: none;
    width: 2.75rem;
    height: 2.75rem;
    padding: 0;
    border: 0;
    border-radius: 0.625rem;
    background: none;
    cursor: pointer;
  }
  .bar button:hover,
  .bar select:hover,
  .bar button[aria-pressed='true'] {
    background: #ffffff2b;
  }
  :is(button, select, input):focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: -3px;
  }
  .volume {
    width: 5.5rem;
    height: 2.75rem;
    margin: 0 0.5rem 0 0;
    accent-color: #fff;
    cursor: pointer;
  }
  .volume:focus-visible {
    border-radius: 0.625rem;
    outline-offset: 0;
  }
  .bar select {
    height: 2.25rem;
    padding: 0 0.5rem;
    border: 0;
    border-radius: 0.625rem;
    background: none;
    font-size: 0.875rem;
    font-weight: 600;
    text-align: end;
    cursor: pointer;
  }
  .bar option {
    background: #12191d;
    color: #fff;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    margin-inline: 0.5rem;
    font-size: 0.875rem;
    font-weight: 650;
  }
  .badge::before {
    content: '';
    width: 0.5rem;
    height: 0.5rem;
    border-radius: 50%;
    background: #8b979c;
  }
  .badge.on::before {
    background: #ff3b55;
  }

  /* Words over the picture. */
  .message {
    position: absolute;
    display: grid;
    justify-items: center;
    text-align: center;
    text-wrap: balance;
    pointer-events: none;
  }
  .message.cover {
    inset: 0;
    align-content: center;
    gap: 0.375rem;
    padding: 1rem 1.5rem 3.5rem;
  }
  .empty,
  .message.cover {
    background: var(--spillway-cover, radial-gradient(circle at 50% 40%, #16262c, #070b0d 75%));
  }
  .message.note {
    left: 50%;
    top: 50%;
    transform: translate(-50%, -50%);
    grid-auto-flow: column;
    align-items: center;
    gap: 0.75rem;
    max-width: calc(100% - 2rem);
    padding: 0.75rem 1.25rem;
    border-radius: 999px;
    background: #0b1013d9;
  }
  .title {
    margin: 0;
    font-size: clamp(1.0625rem, 0.9rem + 0.7vw, 1.5rem);
    font-weight: 620;
    letter-spacing: -0.01em;
  }
  .note .title {
    font-size: 1rem;
  }
  .hint {
    margin: 0;
    max-width: 36rem;
    color: #b5c4ca;
    font-size: clamp(0.875rem, 0.82rem + 0.25vw, 1rem);
  }
  .spinner {
    width: 2.25rem;
    height: 2.25rem;
    margin-bottom: 0.5rem;
    border: 3px solid #ffffff2e;
    border-top-color: var(--accent);
    border-radius: 50%;
    animation: turn 900ms linear infinite;
  }
  .note .spinner {
    width: 1.25rem;
    height: 1.25rem;
    margin: 0;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }

  /* The one thing to tap. */
  .tap {
    position: absolute;
    z-index: 1;
    left: 50%;
    display: inline-flex;
    align-items: center;
    gap: 0.625rem;
    min-height: 3rem;
    padding: 0.5rem 1.375rem 0.5rem 1.125rem;
    border: 0;
    border-radius: 999px;
    background: #fff;
    color: #0b1013;
    font-weight: 650;
    white-space: nowrap;
    box-shadow: 0 4px 24px #0008;
    transform: translateX(-50%);
    cursor: pointer;
  }
  .tap:focus-visible {
    outline-offset: 3px;
  }
  .tap.sound {
    bottom: 5rem;
  }
  .tap.start {
    top: 50%;
    transform: translate(-50%, -50%);
  }

  .stats {
    position: absolute;
    top: var(--spillway-stats-top, 1rem);
    left: max(1rem, env(safe-area-inset-left));
    display: grid;
    grid-template-columns: auto auto;
    gap: 0.125rem 1.25rem;
    margin: 0;
    padding: 0.75rem 1rem;
    border-radius: 0.75rem;
    background: #0b1013d9;
    font-size: 0.8125rem;
    font-variant-numeric: tabular-nums;
    pointer-events: none;
  }
  .stats dt {
    color: #b5c4ca;
  }
  .stats dd {
    margin: 0;
    text-align: end;
  }
  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @container (max-width: 30rem) {
    .volume {
      display: none;
    }
  }
  @container (max-width: 24rem) {
    .bar {
      padding-inline: 0.25rem;
    }
    .badge {
      display: none;
    }
  }
  @container (max-height: 15rem) {
    .hint {
      display: none;
    }
    .tap.sound {
      bottom: 3.5rem;
    }
  }
  @media (hover: none) {
    .volume {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      animation-duration: 3s;
    }
    .top,
    .bar {
      transition: none;
    }
  }
`;
