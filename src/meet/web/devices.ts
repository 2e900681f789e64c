/**
 * Which devices this browser uses, remembered on this device only, and how they are asked for.
 * The early script and the page ask in the same way.
 */
export type Kind = 'audio' | 'video';

export interface Chosen {
  readonly camera_id?: string;
  readonly microphone_id?: string;
  readonly speaker_id?: string;
}

const chosen_key = 'devices';

export function readChosen(): Chosen {
  try {
    return JSON.parse(localStorage.getItem(chosen_key) ?? '{}') as Chosen;
  } catch {
    return {};
  }
}

export function keepChosen(change: Chosen): void {
  try {
    localStorage.setItem(chosen_key, JSON.stringify({ ...readChosen(), ...change }));
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
}

function ask(audio: boolean, video: boolean, chosen: Chosen): Promise<MediaStream> {
  const { camera_id, microphone_id } = chosen;
  return navigator.mediaDevices.getUserMedia({
    audio: audio && {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(microphone_id && { deviceId: { exact: microphone_id } }),
    },
    video: video && {
      width: 1280,
      height: 720,
      ...(camera_id ? { deviceId: { exact: camera_id } } : { facingMode: 'user' }),
    },
  });
}

/**
 * Asks for what is wanted. A chosen device that is gone is replaced by the system's. Only wished for,
 * it would not be taken: Chromium gives its first one all the same.
 */
export function askFor(audio: boolean, video: boolean): Promise<MediaStream> {
  return ask(audio, video, readChosen()).catch((cause: Error) => {
    if (cause.name !== 'OverconstrainedError') throw cause;
    return ask(audio, video, {});
  });
}
