import { LevelMeter } from '@spillway/client/publish';
import { html } from 'lit';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** How fast the bar falls: share of its length per second. */
const FALL_PER_SECOND = 1.4;
/** Milliseconds between values for screen readers. */
const SPOKEN_MS = 1000;

/** How loud the microphone is, many times a second. */
class LevelBar extends StudioElement {
  #meter: { of: MediaStreamTrack; meter: LevelMeter } | undefined;
  #frame = 0;
  #level = 0;
  #at = 0;
  #spokenAt = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#frame = requestAnimationFrame(this.#draw);
  }

  override disconnectedCallback(): void {
    cancelAnimationFrame(this.#frame);
    this.#meter?.meter.close();
    this.#meter = undefined;
    super.disconnectedCallback();
  }

  protected override render() {
    return html`<div class="level" role="meter" aria-label=${t('level')} aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"
      data-testid="level"><div class="level-fill"></div></div>`;
  }

  readonly #draw = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const { microphone, audioContext } = this.studio.stage;
    if (this.#meter?.of !== microphone) {
      this.#meter?.meter.close();
      this.#meter = microphone && { of: microphone, meter: new LevelMeter(audioContext, microphone) };
    }
    const fallen = this.#level - ((now - this.#at) / 1000) * FALL_PER_SECOND;
    this.#at = now;
    this.#level = Math.max(this.#meter?.meter.read() ?? 0, fallen, 0);
    const fill = this.querySelector<HTMLElement>('.level-fill');
    if (fill) fill.style.clipPath = `inset(0 ${((1 - this.#level) * 100).toFixed(1)}% 0 0)`;
    if (now - this.#spokenAt < SPOKEN_MS) return;
    this.#spokenAt = now;
    this.querySelector('.level')?.setAttribute('aria-valuenow', String(Math.round(this.#level * 100)));
  };
}

customElements.define('level-bar', LevelBar);
