import { nothing } from 'lit';
import { cameraIcon, serverIcon } from './icons.ts';
import { segments } from './segments.ts';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** Camera, microphone and screen of this device, or a source of the server. For the operator only. */
class OriginSwitch extends StudioElement {
  protected override render() {
    const { studio } = this;
    if (!studio.mayUseServer) return nothing;
    return segments({
      name: 'origin',
      label: t('origin'),
      segments: [
        { value: 'device', label: t('originDevice'), icon: cameraIcon },
        { value: 'server', label: t('originServer'), icon: serverIcon },
      ],
      value: studio.origin,
      disabled: studio.broadcast.state !== 'offline' || studio.source.busy !== undefined,
      choose: (origin) => studio.chooseOrigin(origin),
    });
  }
}

customElements.define('origin-switch', OriginSwitch);
