/** What a call does besides being there; its script comes while the call connects. */
import { DeviceList } from './devices.ts';
import type { Choices } from './devices.ts';
import { ScreenShare } from './screen.ts';
import type { ScreenParts } from './screen.ts';
import { follow } from './signal.ts';
import type { Readable, Signal } from './signal.ts';
import type { Device, DeviceKind, Devices } from './model.ts';

export interface ToolParts extends ScreenParts {
  readonly devices: Signal<Devices>;
  readonly choices: Choices;
  /** Tracks whose coming and going may change what devices are called. */
  readonly tracks: readonly Readable<MediaStreamTrack | null>[];
  readonly onGone: (kind: DeviceKind, device: Device) => void;
}

export interface Tools {
  readonly screen: ScreenShare;
}

export function startTools(parts: ToolParts, life: AbortSignal): Tools {
  const list = new DeviceList(parts.devices, parts.choices, parts.onGone, life);
  for (const track of parts.tracks) follow(track, life, () => void list.read());
  return { screen: new ScreenShare(parts, life) };
}
