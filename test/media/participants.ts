import type { ParticipantInfo, SignalResponse } from '@livekit/protocol';

/** Everybody of whom a message of the signalling tells. */
export function participantsOf({ message }: SignalResponse): readonly ParticipantInfo[] {
  if (message.case === 'join') return message.value.otherParticipants;
  return message.case === 'update' ? message.value.participants : [];
}
