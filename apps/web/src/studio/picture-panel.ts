import { type CodecWish, codecPreference, isQualityName, qualityNames } from '@spillway/client/publish';
import { html } from 'lit';
import type { DestinationKind } from './destination.ts';
import { isCodecWish } from './preferences.ts';
import { selectField } from './select-field.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

/** Codecs that this browser encodes. The server may carry fewer. */
const offered = codecPreference.filter((codec) =>
  globalThis.RTCRtpSender?.getCapabilities('video')?.codecs.some(
    ({ mimeType }) => mimeType.toLowerCase() === `video/${codec.toLowerCase()}`,
  ),
);

/** Quality and codec. */
class PicturePanel extends StudioElement {
  protected override render() {
    const { studio } = this;
    const { codec, broadcast } = studio;
    const auto = broadcast.codec ? t('codecAutoNow', { codec: broadcast.codec }) : t('codecAuto');
    return html`
      <section class="card panel" aria-labelledby="picture-title">
        <h2 id="picture-title">${t('picture')}</h2>
        ${selectField({
          id: 'quality-select',
          label: t('quality'),
          options: qualityNames.map((name) => ({ value: name, label: name })).reverse(),
          value: studio.stage.choices.quality,
          choose: (name) => {
            if (isQualityName(name)) void studio.chooseQuality(name);
          },
        })}
        ${selectField({
          id: 'codec-select',
          label: t('codec'),
          options: [
            { value: 'auto', label: codec === 'auto' ? auto : t('codecAuto') },
            ...offered.map((name) => ({ value: name, label: name === 'H264' ? 'H.264' : name })),
          ],
          value: codec,
          hint: t(codecHint(codec, studio.destination), { codec }),
          choose: (wish) => {
            if (isCodecWish(wish)) studio.chooseCodec(wish);
          },
        })}
      </section>
    `;
  }
}

/** What a choice of codec means where the broadcast goes. */
function codecHint(codec: CodecWish, destination: DestinationKind): StudioText {
  if (destination === 'whip') return codec === 'auto' ? 'codecHintWhip' : 'codecHintWhipChosen';
  return codec === 'auto' ? 'codecHintAuto' : 'codecHintChosen';
}

customElements.define('picture-panel', PicturePanel);
