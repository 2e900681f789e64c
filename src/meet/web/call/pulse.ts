/** Whether a room's media line is alive, told by what arrives and not by what is believed. */
import type { Room } from './media.ts';

/** Consent checks are answered about every 2.5 s on a silent line (RFC 7675). */
const listen_ms = 4000;

interface Reporting {
  getRTCStatsReport(): Promise<RTCStatsReport | undefined>;
}

/** Any track will do: every one reports the transport that all of them share. */
function findTrack(room: Room): Reporting | null {
  const everybody = [room.localParticipant, ...room.remoteParticipants.values()];
  for (const person of everybody) {
    for (const { track } of person.trackPublications.values()) {
      if (track !== undefined && 'getRTCStatsReport' in track) return track;
    }
  }
  return null;
}

async function countReceived(track: Reporting): Promise<number> {
  const report = await track.getRTCStatsReport();
  let received = 0;
  report?.forEach((entry: { type: string; bytesReceived?: number; responsesReceived?: number }) => {
    if (entry.type !== 'candidate-pair') return;
    received += (entry.bytesReceived ?? 0) + (entry.responsesReceived ?? 0);
  });
  return received;
}

/** Whether anything arrives within four seconds; false where there is no track to ask. */
export async function hearsServer(room: Room): Promise<boolean> {
  const track = findTrack(room);
  if (track === null) return false;
  const before = await countReceived(track);
  await new Promise((resolve) => setTimeout(resolve, listen_ms));
  return (await countReceived(track)) > before;
}
