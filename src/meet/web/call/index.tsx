/**
 * The call: what the join page opens once somebody is let in. Loaded as one chunk with the media
 * client, before it is needed (web design, section 2).
 */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Call as RunningCall } from './call.ts';
import { CallView } from './call-view.tsx';
import { openDoors } from './doors.ts';
import { useDrawn } from './use-drawn.ts';
import { useLife } from './use-life.ts';
import { setLogLevel } from './media.ts';
import { follow } from './signal.ts';
import { onCalledBack } from '../breakout/frame.ts';
import { keepPlace, readPlace } from '../seat.ts';
import type { Entry, LeaveReason } from '../entry.ts';

export { CallView } from './call-view.tsx';
export { warm } from './warm.ts';

interface CallProps {
  /** Fixed for the life of the call; another entry is another call. */
  readonly entry: Entry;
  /** Told once, when every device has been let go. */
  readonly onLeft: (reason: LeaveReason) => void;
}

/** A reload finds the switches as they were. */
function remember(call: RunningCall, room: string, life: AbortSignal): void {
  follow(call.microphone, life, ({ on }) => keepPlace(room, { audio_on: on }));
  follow(call.camera, life, ({ on }) => keepPlace(room, { video_on: on }));
  follow(call.people, life, (people) => {
    const name = people.find(({ you }) => you)?.name;
    if (name !== undefined && name !== readPlace(room).name) keepPlace(room, { name });
  });
}

/** A running call on screen. It starts connecting with its first rendering. */
export function Call(props: CallProps): ReactNode {
  const { entry, onLeft } = props;
  const life = useLife();
  const [call] = useState(() => {
    setLogLevel('silent');
    const started = new RunningCall(entry, openDoors(entry), life);
    remember(started, entry.room, life);
    return started;
  });
  useEffect(() => onCalledBack(() => call.leave()), [call]);
  useEffect(() => {
    let here = true;
    const tell = async (): Promise<void> => {
      const reason = await call.over;
      if (here && !life.aborted) onLeft(reason);
    };
    void tell();
    return () => {
      here = false;
    };
  }, [call, life, onLeft]);
  return useDrawn(call.room) ? <CallView model={call} /> : null;
}
