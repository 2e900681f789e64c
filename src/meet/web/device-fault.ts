/** Why a camera or a microphone gives nothing: loaded when one does not. */
import type { Kind } from './devices.ts';

/** Not allowed, held by another program, or not there. */
export type DeviceFault = 'blocked' | 'busy' | 'absent';

const permission = { audio: 'microphone', video: 'camera' } as const;

export function faultOf(cause: unknown): DeviceFault {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'absent' : 'busy';
}

async function stateOf(kind: Kind): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: permission[kind] })).state;
  } catch {
    return null;
  }
}

/** Of two devices asked for together and refused, those that may be had alone. */
export async function worthAlone(cause: unknown): Promise<Kind[]> {
  if (faultOf(cause) !== 'blocked') return ['audio', 'video'];
  const [audio, video] = await Promise.all([stateOf('audio'), stateOf('video')]);
  // Asking again after a person said no would be nagging; a block of the other is none.
  const may = (one: string | null, other: string | null): boolean =>
    one === 'granted' || (one === 'prompt' && other === 'denied');
  return [
    ...(may(audio, video) ? ['audio' as const] : []),
    ...(may(video, audio) ? ['video' as const] : []),
  ];
}
