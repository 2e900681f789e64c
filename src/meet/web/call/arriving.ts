/** Who comes anew begins muted where many are, and as a guest of a class (meetings design, section 4). */
import type { Entry } from '../entry.ts';
import type { Group } from './group.ts';
import type { Notice } from './model.ts';
import type { OwnTrack } from './own-track.ts';
import { follow } from './signal.ts';

/** As many as this, without oneself, are a crowd. */
const crowd_min = 50;

interface Arriving {
  readonly entry: Entry;
  readonly group: Group;
  readonly microphone: OwnTrack;
  readonly announce: (notice: Notice) => void;
}

export function arriveMuted(parts: Arriving, life: AbortSignal): void {
  const { entry, group, microphone, announce } = parts;
  if (!entry.fresh) return;
  const once = new AbortController();
  const mute = (kind: 'crowd' | 'class'): void => {
    if (!microphone.state.get().on) return;
    microphone.setOn(false);
    announce({ kind });
  };
  // Told before anything is sent. What went wrong is told by who connects with it.
  entry.ticket.then(
    ({ people }) => people >= crowd_min && mute('crowd'),
    () => undefined,
  );
  const look = (): void => {
    const { phase, mode } = group.view.get();
    if (phase !== 'in') return;
    once.abort();
    // Whoever made the class is its host, also before the group knows.
    if (mode === 'class' && entry.root_seed === null) mute('class');
  };
  // One may be in before the call begins.
  follow(group.view, AbortSignal.any([life, once.signal]), look);
  look();
}
