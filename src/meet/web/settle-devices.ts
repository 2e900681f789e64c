/** Brings back what was chosen at this place, and keeps what is chosen here now. */
import { keepChosen, readChosen } from './devices.ts';
import type { Chosen } from './devices.ts';
import { keepPlaces, placeOf, readPlaces, recall, remember } from './device-places.ts';
import type { OwnMedia } from './own-media.ts';

const fields = { microphone: 'microphone_id', camera: 'camera_id', speaker: 'speaker_id' } as const;

function placeIn(devices: readonly MediaDeviceInfo[]): string {
  const inputs = devices.filter(({ kind }) => kind !== 'audiooutput');
  return placeOf(inputs.map(({ deviceId }) => deviceId));
}

function keepAt(place: string, chosen: Chosen): void {
  if (place !== '') keepPlaces(remember(readPlaces(), place, chosen));
}

/**
 * In a call. `id`: '' is the system's choice.
 * @param present ids of the cameras and microphones that are there
 */
export function keepDevice(
  kind: keyof typeof fields,
  id: string,
  present: readonly string[],
): void {
  const change: Chosen = { [fields[kind]]: id };
  keepChosen(change);
  keepAt(placeOf(present), change);
}

/** When somebody goes in: what they leave chosen is this place's. */
export function keepDevicesHere({ store }: OwnMedia): void {
  keepAt(placeIn(store.get().devices), readChosen());
}

/** On the page before the call: once the devices have names, those of this place are taken. */
export function settleDevices(own: OwnMedia): void {
  let settled = '';
  const look = (): void => {
    const place = placeIn(own.store.get().devices);
    if (place === '' || place === settled) return;
    settled = place;
    const { camera_id, microphone_id, speaker_id } = recall(readPlaces(), place) ?? {};
    const now = readChosen();
    if (camera_id !== undefined && camera_id !== now.camera_id) own.choose('video', camera_id);
    if (microphone_id !== undefined && microphone_id !== now.microphone_id) {
      own.choose('audio', microphone_id);
    }
    if (speaker_id !== undefined) keepChosen({ speaker_id });
  };
  own.store.subscribe(look);
  look();
}
