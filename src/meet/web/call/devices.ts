/** Which devices there are and which are in use, kept true while they come and go. */
import { canChooseSpeaker } from './sound.ts';
import type { Device, DeviceKind, Devices } from './model.ts';
import type { Readable, Signal } from './signal.ts';

/** The chosen device of each kind; '' is the system's choice. */
export type Choices = Readonly<Record<DeviceKind, Readable<string>>>;

const kinds: Readonly<Record<DeviceKind, MediaDeviceKind>> = {
  microphone: 'audioinput',
  camera: 'videoinput',
  speaker: 'audiooutput',
};
const all_kinds: readonly DeviceKind[] = ['microphone', 'camera', 'speaker'];

export class DeviceList {
  readonly #state: Signal<Devices>;
  readonly #choices: Choices;
  readonly #onGone: (kind: DeviceKind, device: Device) => void;
  #found: readonly MediaDeviceInfo[] = [];

  /** `onGone` is told when a chosen device has been taken away. */
  constructor(
    state: Signal<Devices>,
    choices: Choices,
    onGone: (kind: DeviceKind, device: Device) => void,
    life: AbortSignal,
  ) {
    this.#state = state;
    this.#choices = choices;
    this.#onGone = onGone;
    const { mediaDevices } = navigator;
    mediaDevices?.addEventListener('devicechange', () => void this.read(), { signal: life });
    for (const kind of all_kinds) {
      const stop = choices[kind].subscribe(() => this.#show());
      life.addEventListener('abort', stop, { once: true });
    }
    void this.read();
  }

  /** Asks the browser again; names are known only once a device has been allowed. */
  async read(): Promise<void> {
    const found = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
    const before = this.#state.get();
    this.#found = found ?? [];
    this.#show();
    for (const kind of all_kinds) {
      const { chosen, list } = before[kind];
      const was = list.find((device) => device.id === chosen);
      const there = this.#listOf(kind).some((device) => device.id === chosen);
      if (chosen !== '' && was !== undefined && !there) this.#onGone(kind, was);
    }
  }

  #listOf(kind: DeviceKind): Device[] {
    if (kind === 'speaker' && !canChooseSpeaker()) return [];
    return this.#found
      .filter((device) => device.kind === kinds[kind] && device.deviceId !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  }

  #show(): void {
    const read = (kind: DeviceKind): { list: Device[]; chosen: string } => ({
      list: this.#listOf(kind),
      chosen: this.#choices[kind].get(),
    });
    this.#state.set({
      microphone: read('microphone'),
      camera: read('camera'),
      speaker: read('speaker'),
    });
  }
}
