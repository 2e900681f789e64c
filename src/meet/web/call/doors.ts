/** How a call speaks with our own server: tickets for its seat, and its end. */
import { Refused } from '../../../app/client.ts';
import { api } from '../api.ts';
import type { Entry, LeaveReason } from '../entry.ts';
import type { Doors } from './call.ts';

async function endMeeting(entry: Entry, seed: Uint8Array<ArrayBuffer>): Promise<void> {
  const { endForEveryone } = await import('./end-for-everyone.ts');
  await endForEveryone(entry, seed);
}

/**
 * What a refused ticket means. Only the server's word ends a call: a line that is down, a limit
 * and a server that restarts pass, and whoever was in waits for a place where it is full.
 */
function judge(cause: unknown, was_in: boolean): LeaveReason | null {
  if (!(cause instanceof Refused) || cause.fault !== 'caller') return null;
  if (cause.code === 'meet.ended') return 'ended';
  if (cause.code === 'meet.full' && was_in) return null;
  return 'failed';
}

export function openDoors(entry: Entry): Doors {
  const { room, door, seat, name, root_seed } = entry;
  let was_in = false;
  return {
    seat: {
      first: entry.ticket,
      async ask() {
        const ticket = await api.meet.enter({ room, door, seat, name });
        was_in = true;
        return ticket;
      },
      isOver: async () => (await api.meet.hello({ room, door })).ended,
      judge: (cause) => judge(cause, was_in || entry.ticket !== null),
      waitOf: (cause) => (cause instanceof Refused ? (cause.retry_after_ms ?? 0) : 0),
    },
    end: root_seed === null ? null : () => endMeeting(entry, root_seed),
  };
}
