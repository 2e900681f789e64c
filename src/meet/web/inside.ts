/**
 * What the page needs once somebody goes in, loaded with the call while they look at their
 * picture: the ticket, the live connection, the root key.
 */
import { connectLive } from '../../app/live.ts';
import type { EventFrame } from '../../app/contract.ts';
import { warm } from './call/index.tsx';
import type { MeetContracts } from './api.ts';
import { applyEvent } from '../meeting.ts';
import { readChosen } from './devices.ts';
import type { LeaveReason } from './entry.ts';
import { loadAside } from './later.ts';
import { readRootSeed } from './root-key.ts';
import { keepPlace, readPlace } from './seat.ts';
import { askTicket, TicketAhead } from './ticket.ts';
import type { TicketInput } from './ticket.ts';
import { showDoor } from './visit.ts';
import type { Visit } from './visit.ts';

export { Call } from './call/index.tsx';
export { followLevel } from './level.ts';
export { takeSeat } from './take-seat.ts';

/** A second device that takes longer than this does not keep anybody out. */
const device_max_ms = 3000;
const ahead = new TicketAhead();
let root_seed: ReturnType<typeof readRootSeed> | null = null;

function knowRootSeed(room: string): ReturnType<typeof readRootSeed> {
  root_seed ??= readRootSeed(room);
  return root_seed;
}

/** What can be done before Join is pressed, while the person looks at their own picture. */
export async function prepare(visit: Visit): Promise<void> {
  await Promise.all([warm(), knowRootSeed(visit.link.room)]);
  const compose = async (name: string): Promise<TicketInput | null> => {
    const { here, problem } = visit.store.get();
    if (here === null || problem !== null) return null;
    const { room } = visit.link;
    return { room, door: await visit.door, seat: readPlace(room).seat, name };
  };
  ahead.watch(compose, visit.following.signal);
}

/**
 * Waits for what is switched on: for as long as the browser asks the person, but once one device
 * is there, the browser has asked, and another one that hangs is left behind.
 */
async function broughtIn(own: Visit['own']): Promise<void> {
  const { audio, video } = own.store.get();
  const asked = own.ask();
  if (audio === null && video === null) return asked;
  await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, device_max_ms))]);
}

/** Into the call under that name, with what is switched on. */
export async function goIn(visit: Visit, name: string): Promise<void> {
  const { own, store, link } = visit;
  const { room } = link;
  const seated = { room, door: await visit.door, seat: readPlace(room).seat, name };
  const held = ahead.take(seated);
  const ticket = held ? Promise.resolve(held) : askTicket(seated);
  ticket.catch((cause: unknown) => refuse(visit, cause));
  // The page after the call must be here when the line is not.
  void loadAside().catch(() => undefined);
  const [seed] = await Promise.all([knowRootSeed(room), broughtIn(own)]);
  const { joining, link_url } = store.get();
  if (!joining) return;
  visit.following.abort();
  const { audio_on, video_on } = own.store.get();
  keepPlace(room, { inside: true, audio_on, video_on });
  document.documentElement.dataset['inside'] = '';
  const speaker_id = readChosen().speaker_id ?? null;
  const { audio, video } = own.handOver();
  const linked = { root_seed: seed, link_url, link_version: link.version };
  const media = { audio, video, audio_on, video_on, speaker_id };
  store.set({ over: null, entry: { ...seated, ticket, ...linked, ...media } });
}

/** Out of the call, to the page after it, or to the door where there is no reason. */
export function comeOut({ store, link, follow }: Visit, reason: LeaveReason | null): void {
  const { entry } = store.get();
  entry?.audio?.stop();
  entry?.video?.stop();
  keepPlace(link.room, { inside: false });
  showDoor();
  store.set({ over: reason, entry: null, joining: false });
  follow();
}

/** The server said no after Join was pressed: back to the door, with the reason. */
function refuse(visit: Visit, cause: unknown): void {
  const { entry } = visit.store.get();
  comeOut(visit, null);
  visit.fail(cause);
  if (entry?.audio ?? entry?.video) void visit.own.ask();
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

function showEvent({ get, set }: Visit['store'], frame: EventFrame): void {
  const { here, ended } = applyEvent({ here: [...(get().here ?? [])], ended: false }, frame);
  set({ here });
  if (ended) set({ problem: 'ended' });
  if (frame.event === 'meet.left' && get().problem === 'full') set({ problem: null });
}
