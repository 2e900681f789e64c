/** How a call speaks with our own server: tickets for its leaf, and its end. */
import { Refused } from '../../../app/client.ts';
import { api } from '../api.ts';
import type { Entry, LeaveReason } from '../entry.ts';
import type { Doors } from './call.ts';
import { reasonOf } from './group.ts';
import { openSealing } from './sealing.ts';

async function endMeeting(entry: Entry, seed: Uint8Array<ArrayBuffer>): Promise<void> {
  const { endForEveryone } = await import('./end-for-everyone.ts');
  await endForEveryone(entry, seed);
}

/**
 * What a refused ticket means. Only what the group says ends a call: a line that is down, a limit
 * and a server that restarts pass.
 */
function judge(cause: unknown): LeaveReason | null {
  if (!(cause instanceof Refused) || cause.fault !== 'caller') return null;
  return reasonOf(cause.code);
}

export function openDoors(entry: Entry): Doors {
  const { room, door, root_seed, group } = entry;
  return {
    group,
    sealing: openSealing(),
    seat: {
      identity: () => group.view.get().own,
      first: entry.ticket,
      ask: () => group.ticket(),
      isOver: async () => (await api.meet.hello({ room, door: await door() })).ended,
      judge,
      waitOf: (cause) => (cause instanceof Refused ? (cause.retry_after_ms ?? 0) : 0),
    },
    end: root_seed === null ? null : () => endMeeting(entry, root_seed),
  };
}
