import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';

export interface InputDevice {
  id: string;
  /** The browser's name for it; empty until the user has granted access once. */
  label: string;
}

export interface InputDevices {
  cameras: InputDevice[];
  microphones: InputDevice[];
}

export type DeviceWatchEvents = {
  change: [InputDevices];
};

/** Knows the cameras and microphones, also as they come and go. */
export class DeviceWatch extends EnhancedEventEmitter<DeviceWatchEvents> {
  readonly #handleChange = () => void this.refresh();
  #now: InputDevices = { cameras: [], microphones: [] };

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener('devicechange', this.#handleChange);
  }

  get now(): InputDevices {
    return this.#now;
  }

  /** Looks again; needed after the user has granted access, which reveals ids and labels. */
  async refresh(): Promise<InputDevices> {
    const infos = (await navigator.mediaDevices?.enumerateDevices().catch(() => undefined)) ?? [];
    const ofKind = (kind: MediaDeviceKind) =>
      infos
        .filter((info) => info.kind === kind && info.deviceId !== '')
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.#now = { cameras: ofKind('videoinput'), microphones: ofKind('audioinput') };
    this.safeEmit('change', this.#now);
    return this.#now;
  }

  override close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.#handleChange);
    super.close();
  }
}
