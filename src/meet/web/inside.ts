/**
 * What the page needs once somebody goes in, loaded with the call while they look at their
 * picture: the ticket, the live connection, the root key.
 */
import { Refused } from '../../app/client.ts';
import { connectLive } from '../../app/live.ts';
import type { EventFrame } from '../../app/contract.ts';
import { api } from './api.ts';
import type { MeetContracts } from './api.ts';
import { readChosen } from './devices.ts';
import type { Entry, Ticket } from './entry.ts';
import type { OwnMedia } from './own-media.ts';
import { keepPlace } from './seat.ts';
import type { Visit } from './visit.ts';

export { Call, warm } from './call/index.tsx';
export { readRootSeed } from './root-key.ts';
export { takeSeat } from './take-seat.ts';

/** How long a server that is away is asked again before the person is told. */
const patience_ms = 15_000;

/** Asks for a ticket, and again while the server is starting or the line is coming back. */
export async function askTicket(input: Parameters<typeof api.meet.enter>[0]): Promise<Ticket> {
  const until = performance.now() + patience_ms;
  for (;;) {
    try {
      return await api.meet.enter(input);
    } catch (cause) {
      const may_pass = cause instanceof Refused && cause.fault === 'ours' && navigator.onLine;
      if (!may_pass || performance.now() > until) throw cause;
      const wait_ms = cause.retry_after_ms ?? 1000;
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
    }
  }
}

type Own = 'audio' | 'video' | 'audio_on' | 'video_on' | 'speaker_id';
type Seated = Omit<Entry, Own>;

/** Takes the tracks over from the page, and notes that this tab is in the call. */
export function composeEntry(seated: Seated, own: OwnMedia): Entry {
  const { room, name } = seated;
  const { audio_on, video_on } = own.store.get();
  const { audio, video } = own.handOver();
  document.documentElement.dataset['inside'] = '';
  keepPlace(room, { inside: true, name, audio_on, video_on });
  const speaker_id = readChosen().speaker_id ?? null;
  return { ...seated, audio, video, audio_on, video_on, speaker_id };
}

/** Follows who comes and goes, until `signal`. */
export function followLive(
  at_door: { readonly room: string; readonly door: string },
  { store, showState, fail }: Visit,
  signal: AbortSignal,
): void {
  const url = `${location.origin.replace(/^http/, 'ws')}/ws`;
  const live = connectLive<MeetContracts>(url, signal);
  addEventListener('online', () => live.wake(), { signal });
  live.follow({
    ask: (cursor) => live.api.meet.watch({ ...at_door, cursor }),
    onState: (state) => void showState(state),
    onEvent: (frame) => showEvent(store, frame),
    onRefused: fail,
    signal,
  });
}

function showEvent({ get, set }: Visit['store'], { event, data }: EventFrame): void {
  const here = get().here ?? [];
  const { identity = '' } = data as { identity?: string };
  if (event === 'meet.ended') set({ problem: 'ended' });
  if (event === 'meet.joined') set({ here: [...new Set([...here, identity])] });
  if (event === 'meet.left') {
    set({ here: here.filter((each) => each !== identity) });
    if (get().problem === 'full') set({ problem: null });
  }
}
