/**
 * What the page needs once somebody goes in, loaded with the call while they look at their
 * picture: the guard, the group, the root key.
 */
import { connectLive } from '../../app/live.ts';
import type { EventFrame } from '../../app/contract.ts';
import { Refused, unreachable } from '../../app/client.ts';
import { equal } from '../../protocol/encryption/bytes.ts';
import { rootFingerprint } from '../../protocol/link/fingerprint.ts';
import { formatHostLink } from '../../protocol/link/link.ts';
import { openRoot } from '../../protocol/link/root.ts';
import { tellMeeting } from './breakout/frame.ts';
import { GroupClient, prepareGroup } from './call/group-client.ts';
import { openSealing } from './call/sealing.ts';
import { follow } from './call/signal.ts';
import { warm } from './call/index.tsx';
import type { MeetContracts } from './api.ts';
import { applyEvent } from '../meeting.ts';
import { readChosen } from './devices.ts';
import type { LeaveReason, Ticket } from './entry.ts';
import { loadAside } from './later.ts';
import { keepRootSeed, readRootSeed } from './root-key.ts';
import { keepDevicesHere, settleDevices } from './settle-devices.ts';
import { keepPlace, readPlace } from './seat.ts';
import { showDoor } from './visit.ts';
import type { Visit } from './visit.ts';

export { Call } from './call/index.tsx';
export { followLevel } from './level.ts';
export { takeSeat } from './take-seat.ts';

/** A second device that takes longer than this does not keep anybody out. */
const device_max_ms = 3000;
/** How long a server that is away is asked again before the person is told. */
const patience_ms = 15_000;
let kept_seed: ReturnType<typeof readRootSeed> | null = null;

async function knowRootSeed({ link, seed }: Visit): ReturnType<typeof readRootSeed> {
  kept_seed ??= readRootSeed(link.room);
  return seed ?? (await kept_seed);
}

/** Of a host link: the seed is kept if it is that of the meeting's root key, and told of if not. */
export async function keepSeed(visit: Visit): Promise<void> {
  const { seed, link, store } = visit;
  if (seed === null) return;
  const root = await openRoot(seed);
  const fingerprint = await rootFingerprint(root.public_key);
  if (equal(fingerprint, link.fingerprint)) {
    // A private window keeps nothing: there it holds for this page.
    await keepRootSeed(link.room, seed).catch(() => undefined);
    return;
  }
  visit.seed = null;
  store.set({ problem: 'malformed' });
}

/** What can be done before Join is pressed, while the person looks at their own picture. */
export async function prepare(visit: Visit): Promise<void> {
  openSealing();
  settleDevices(visit.own);
  const { link } = visit;
  const warmed = warm();
  const root_seed = await knowRootSeed(visit);
  prepareGroup({ link, seat: readPlace(link.room).seat, root_seed });
  await warmed;
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

/**
 * The first ticket, which comes once one is in the group, and at an open gate before. A server that
 * is away is told of after a while; a person who must let one in is waited for.
 */
async function firstTicket(group: GroupClient, { store }: Visit): Promise<Ticket> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => {
      if (group.view.get().phase === 'connecting') reject(unreachable());
    }, patience_ms);
  });
  const ticket = await Promise.race([group.ticket(), late]);
  // It may be as old as the page; who is in the call is shown there as it changes.
  return { ...ticket, people: Math.max(ticket.people, store.get().here?.length ?? 0) };
}

/** Told once, where one does not come in. With a ticket ahead of that, only the group says so. */
function onRefused(
  { page }: Visit,
  group: GroupClient,
  ticket: Promise<Ticket>,
  tell: (cause: unknown) => void,
): void {
  const settled = new AbortController();
  const say = (cause: unknown): void => {
    if (settled.signal.aborted) return;
    settled.abort();
    tell(cause);
  };
  ticket.catch(say);
  follow(group.view, AbortSignal.any([page, settled.signal]), ({ phase, end }) => {
    if (phase === 'in' || end === 'meet.left') settled.abort();
    else if (end !== null) say(new Refused({ fault: 'caller', code: end, message: '' }));
  });
}

/** Into the call under that name, with what is switched on. */
export async function goIn(visit: Visit, name: string): Promise<void> {
  const { own, store, link } = visit;
  const { room } = link;
  const { guard } = openSealing();
  const root_seed = await knowRootSeed(visit);
  const { seat } = readPlace(room);
  const group = new GroupClient({ link, seat, root_seed }, name, guard);
  const ticket = firstTicket(group, visit);
  onRefused(visit, group, ticket, (cause) => refuse(visit, group, cause));
  follow(group.link, visit.page, (changed) => {
    if (changed) visit.changeLink(changed);
  });
  // The page after the call must be here when the line is not.
  void loadAside().catch(() => undefined);
  await broughtIn(own);
  const { joining } = store.get();
  if (!joining) return;
  visit.following.abort();
  keepDevicesHere(own);
  const { audio_on, video_on } = own.store.get();
  const fresh = !readPlace(room).inside;
  keepPlace(room, { inside: true, audio_on, video_on });
  document.documentElement.dataset['inside'] = '';
  const speaker_id = readChosen().speaker_id ?? null;
  const { audio, video } = own.handOver();
  const linked = {
    root_seed,
    door: () => visit.door,
    link_url: () => store.get().link_url,
    host_link_url: () => root_seed && location.origin + formatHostLink(visit.link, root_seed),
  };
  const media = { audio, video, audio_on, video_on, speaker_id };
  store.set({ over: null, entry: { room, name, fresh, group, ticket, ...linked, ...media } });
}

/** The field of the door is drawn anew: the name they gave is theirs still. */
function writeName(): void {
  const field = document.querySelector<HTMLInputElement>('#name');
  if (field?.value !== '') return;
  try {
    field.value = localStorage.getItem('name') ?? '';
  } catch {
    // A browser that keeps nothing.
  }
}

/** Out of the call, to the page after it, or to the door where there is no reason. */
export function comeOut(visit: Visit, reason: LeaveReason | null): void {
  const { store, link } = visit;
  const { entry } = store.get();
  entry?.audio?.stop();
  entry?.video?.stop();
  keepPlace(link.room, { inside: false });
  showDoor();
  store.set({ over: reason, entry: null, joining: false });
  if (reason === null) requestAnimationFrame(writeName);
  if (reason !== null) tellMeeting(reason);
  visit.follow();
}

/** It was said no after Join was pressed: back to the door, with the reason. */
function refuse(visit: Visit, group: GroupClient, cause: unknown): void {
  const { entry } = visit.store.get();
  void group.leave();
  // Somebody who was in, and lost their seat, is told by the call.
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
  const before = { here: [...(get().here ?? [])], ended: false, link: 0 };
  const { here, ended } = applyEvent(before, frame);
  set({ here });
  if (ended) set({ problem: 'ended' });
  if (frame.event === 'meet.left' && get().problem === 'full') set({ problem: null });
}
