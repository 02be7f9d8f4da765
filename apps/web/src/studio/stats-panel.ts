import { html, nothing } from 'lit';
import { formatBitrate, formatMilliseconds, formatPercent, formatResolution } from './format.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

interface Figure {
  id: string;
  label: StudioText;
  /** As people read it; undefined: not known yet. */
  text: string | undefined;
  /** As programs read it, in base units. */
  value: string | number | undefined;
}

const limitTexts: Readonly<Record<string, StudioText>> = {
  none: 'limitNone',
  cpu: 'limitCpu',
  bandwidth: 'limitBandwidth',
};

/** How the broadcast does, once a second. */
class StatsPanel extends StudioElement {
  protected override render() {
    const { state } = this.studio.broadcast;
    if (state !== 'live' && state !== 'reconnecting') return nothing;
    return html`
      <section class="card panel" aria-labelledby="stats-title">
        <h2 id="stats-title">${t('stats')}</h2>
        <dl class="figures">
          ${this.#figures().map(
            ({ id, label, text, value }) => html`
              <div class="figure">
                <dt>${t(label)}</dt>
                <dd class="figure-value" data-testid=${id} data-value=${value ?? nothing}>${text ?? '–'}</dd>
              </div>
            `,
          )}
        </dl>
      </section>
    `;
  }

  #figures(): Figure[] {
    const { stats, codec } = this.studio.broadcast;
    const { bitrate, width, height, frameRate, roundTripTime, loss, limitation = 'none' } = stats ?? {};
    const has = <T>(value: T | undefined, format: (value: T) => string) =>
      value === undefined ? undefined : format(value);
    return [
      { id: 'stat-bitrate', label: 'statBitrate', text: has(bitrate, formatBitrate), value: bitrate },
      {
        id: 'stat-resolution',
        label: 'statResolution',
        text: width && height ? formatResolution(width, height) : undefined,
        value: width && height ? `${width}x${height}` : undefined,
      },
      {
        id: 'stat-frame-rate',
        label: 'statFrameRate',
        text: has(frameRate, (rate) => t('fps', { rate: Math.round(rate) })),
        value: frameRate,
      },
      { id: 'stat-codec', label: 'statCodec', text: codec, value: codec },
      {
        id: 'stat-rtt',
        label: 'statRtt',
        text: has(roundTripTime, formatMilliseconds),
        value: roundTripTime,
      },
      { id: 'stat-loss', label: 'statLoss', text: has(loss, formatPercent), value: loss },
      {
        id: 'stat-limit',
        label: 'statLimit',
        text: stats && t(limitTexts[limitation] ?? 'limitOther'),
        value: limitation,
      },
    ];
  }
}

customElements.define('stats-panel', StatsPanel);
