import type { InputDevice } from '@spillway/client/publish';
import { html } from 'lit';
import { type SelectOption, selectField } from './select-field.ts';
import { NO_DEVICE } from './stage.ts';
import { StudioElement } from './studio-element.ts';
import { type StudioText, t } from './texts.ts';

/** Camera and microphone to choose from. */
class DevicePanel extends StudioElement {
  protected override render() {
    const { studio } = this;
    const { devices, choices, cameraId, microphoneId } = studio.stage;
    return html`
      <section class="card panel" aria-labelledby="devices-title">
        <h2 id="devices-title">${t('devices')}</h2>
        ${selectField({
          id: 'camera-select',
          label: t('camera'),
          options: deviceOptions(devices.cameras, 'unnamedCamera', 'noCamera'),
          value: choices.cameraId === NO_DEVICE ? NO_DEVICE : cameraId,
          choose: (id) => void studio.chooseCamera(id),
        })}
        ${selectField({
          id: 'microphone-select',
          label: t('microphone'),
          options: deviceOptions(devices.microphones, 'unnamedMicrophone', 'noMicrophone'),
          value: choices.microphoneId === NO_DEVICE ? NO_DEVICE : microphoneId,
          choose: (id) => void studio.chooseMicrophone(id),
        })}
      </section>
    `;
  }
}

function deviceOptions(
  devices: readonly InputDevice[],
  unnamed: StudioText,
  none: StudioText,
): SelectOption[] {
  const named = devices.map(({ id, label }, index) => ({
    value: id,
    label: label || t(unnamed, { number: index + 1 }),
  }));
  // Before access is granted the browser names no device.
  const known = named.length > 0 ? named : [{ value: '', label: t('defaultDevice') }];
  return [...known, { value: NO_DEVICE, label: t(none) }];
}

customElements.define('device-panel', DevicePanel);
