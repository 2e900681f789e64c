/** What a call does besides being there; its script comes while the call connects. */
import { BreakoutRooms } from '../breakout/breakouts.ts';
import type { BreakoutParts } from '../breakout/breakouts.ts';
import { keepAwake } from './awake.ts';
import type { ChatParts } from '../chat/chat.ts';
import type { ChatModel } from '../chat/model.ts';
import { DeviceList } from './devices.ts';
import type { Choices } from './devices.ts';
import { watchFloor } from './floor.ts';
import { Health } from './health.ts';
import type { HealthParts } from './health.ts';
import { watchHosts } from './hosting.ts';
import type { HostingParts } from './hosting.ts';
import type { Said } from './group.ts';
import { load } from './load.ts';
import { ScreenShare } from './screen.ts';
import type { ScreenParts } from './screen.ts';
import { follow } from './signal.ts';
import type { Readable, Signal } from './signal.ts';
import { Schedule } from '../schedule/schedule.ts';
import { Toasts } from './toasts.ts';
import { Volumes } from './volumes.ts';
import type { VolumesParts } from './volumes.ts';
import type { Device, DeviceKind, Devices, Person, Toast } from './model.ts';

export interface ToolParts extends ScreenParts, ChatParts, HostingParts, HealthParts {
  readonly chat: Signal<ChatModel | null>;
  readonly people: Readable<readonly Person[]>;
  readonly speaker: Signal<string | null>;
  readonly toasts: Signal<readonly Toast[]>;
  readonly devices: Signal<Devices>;
  readonly choices: Choices;
  readonly place: VolumesParts['place'];
  readonly volumes: VolumesParts['volumes'];
  readonly breakouts: Omit<BreakoutParts, 'group' | 'name'>;
  /** Tracks whose coming and going may change what devices are called. */
  readonly tracks: readonly Readable<MediaStreamTrack | null>[];
  readonly onGone: (kind: DeviceKind, device: Device) => void;
}

export interface Tools {
  readonly screen: ScreenShare;
  readonly toasts: Toasts;
  readonly volumes: Volumes;
  readonly breakouts: BreakoutRooms;
  readonly health: Health;
  readonly schedule: Schedule;
  /** What members said, in order. */
  hear(identity: string, said: Said): void;
}

export function startTools(parts: ToolParts, life: AbortSignal): Tools {
  const list = new DeviceList(parts.devices, parts.choices, parts.onGone, life);
  for (const track of parts.tracks) follow(track, life, () => void list.read());
  keepAwake(life);
  watchFloor(parts.people, parts.speaker, life);
  watchHosts(parts, life);
  const { group, name } = parts;
  // Not before the call: whoever still looks at their picture writes to nobody.
  const chat = load(() => import('../chat/chat.ts')).then(({ Chat }) => {
    const started = new Chat(parts, life);
    parts.chat.set(started);
    return started;
  });
  const breakouts = new BreakoutRooms({ ...parts.breakouts, group, name }, life);
  const schedule = new Schedule(
    {
      group,
      onTimeUp: (identity) => {
        const person = parts.people.get().find((one) => one.identity === identity);
        if (person) parts.announce({ kind: 'time-up', name: person.name });
      },
      onRefused: () => parts.announce({ kind: 'host-failed' }),
    },
    life,
  );
  return {
    screen: new ScreenShare(parts, life),
    breakouts,
    health: new Health(parts, life),
    schedule,
    hear(identity, said) {
      void chat.then((started) => started.hear(identity, said));
      breakouts.hear(identity, said);
      schedule.hear(said);
    },
    toasts: new Toasts(parts.toasts, life),
    volumes: new Volumes(parts, life),
  };
}
