/** A visit to a meeting's page, from its link to the last page: a view-model, without React. */
import { Refused } from '../../app/client.ts';
import { fromBase64url, toBase64url } from '../../protocol/link/base64url.ts';
import { deriveDoor } from '../../protocol/link/door.ts';
import { formatLink, parseFragment } from '../../protocol/link/link.ts';
import type { Link } from '../../protocol/link/link.ts';
import { rootFingerprint } from '../../protocol/link/fingerprint.ts';
import { createStore } from '../../web/store.ts';
import type { Store } from '../../web/store.ts';
import type { MeetingState } from '../contract.ts';
import { api } from './api.ts';
import type { Entry, LeaveReason } from './entry.ts';
import { createOwnMedia } from './own-media.ts';
import type { OwnMedia } from './own-media.ts';
import { keepPlace, readPlace } from './seat.ts';

/** What is loaded while the person looks at their picture: the call, and the way into it. */
type Inside = typeof import('./inside.ts');

/** What keeps a person out of the meeting; each has a page of its own. */
export type Problem = 'absent' | 'malformed' | 'gone' | 'ended' | 'full' | 'insecure' | 'old';

export interface Visit {
  /** Why the last stay is over; null before the first and within one. */
  readonly over: LeaveReason | null;
  readonly problem: Problem | null;
  /** What failed, where trying again may help. */
  readonly cause: unknown;
  readonly joining: boolean;
  readonly entry: Entry | null;
  readonly inside: Inside | null;
  /** LiveKit identities in the call, or null while the server has not said. */
  readonly here: readonly string[] | null;
  readonly people_max: number;
  /** The whole link, to be copied; '' where it is not whole. */
  readonly link_url: string;
}

export interface VisitModel {
  readonly store: Store<Visit>;
  readonly own: OwnMedia;
  readonly start: (early: Promise<MediaStream> | null, signal: AbortSignal) => Promise<void>;
  readonly join: (name: string) => Promise<void>;
  readonly leave: (reason: LeaveReason) => void;
  /** Back in, as one was. */
  readonly rejoin: () => Promise<void>;
  /** Says what failed, where trying again may help. */
  readonly fail: (cause: unknown) => void;
}

function problemOf(cause: unknown): Problem | null {
  if (!(cause instanceof Refused)) return null;
  if (cause.code === 'meet.no-meeting') return 'gone';
  if (cause.code === 'meet.ended') return 'ended';
  return cause.code === 'meet.full' ? 'full' : null;
}

/** When the page has nothing better to do: first the own picture, then what comes after it. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 3000 });
    else setTimeout(resolve, 1000);
  });
}

/** Until here the early script may have kept the page dark, for the way back into the call. */
function showDoor(): void {
  delete document.documentElement.dataset['inside'];
}

export function createVisit(): VisitModel {
  const store = createStore<Visit>({
    over: null,
    problem: null,
    cause: null,
    joining: false,
    entry: null,
    inside: null,
    here: null,
    people_max: 0,
    link_url: '',
  });
  const { get, set } = store;
  const own = createOwnMedia();
  let link: Link;
  let door: Promise<string>;
  let page: AbortSignal;

  function fail(cause: unknown): void {
    const problem = problemOf(cause);
    if (!get().entry) showDoor();
    set({ problem, cause: problem ? null : cause, joining: false });
  }

  async function showState(state: MeetingState): Promise<void> {
    const root = fromBase64url(state.root);
    const fingerprint = root && toBase64url(await rootFingerprint(root));
    // A server that hands out another root key than the link names is not believed.
    if (fingerprint !== toBase64url(link.fingerprint)) return set({ problem: 'malformed' });
    const { here, people_max, ended } = state;
    const full = get().problem === 'full' ? 'full' : null;
    set({ here, people_max, problem: ended ? 'ended' : full, cause: null });
  }

  async function loadInside(): Promise<Inside> {
    try {
      const inside = await import('./inside.ts');
      await inside.takeSeat(link.room, page);
      set({ inside });
      return inside;
    } catch (cause) {
      // A line that was gone for a moment: the next press tries again.
      loading = null;
      throw cause;
    }
  }

  let loading: Promise<Inside> | null = null;
  function load(): Promise<Inside> {
    loading ??= loadInside();
    return loading;
  }

  /** Says who is in already, until the call itself knows. */
  async function followMeeting(signal: AbortSignal): Promise<void> {
    const at_door = { room: link.room, door: await door };
    try {
      await showState(await api.meet.hello(at_door));
    } catch (cause) {
      fail(cause);
    }
    await idle();
    const { followLive } = await load();
    if (!signal.aborted) followLive(at_door, { store, showState, fail }, signal);
  }

  let following = new AbortController();
  function follow(): void {
    following.abort();
    following = new AbortController();
    void followMeeting(following.signal);
  }

  async function enter(name: string): Promise<void> {
    if (get().joining) return;
    set({ joining: true, cause: null });
    const { room, version } = link;
    const at_door = { room, door: await door };
    try {
      const { askTicket, composeEntry, readRootSeed } = await load();
      const { seat } = readPlace(room);
      const ticket = askTicket({ ...at_door, seat, name });
      ticket.catch(refuse);
      // The call asks for no device: what is switched on here is what is brought in.
      const [root_seed] = await Promise.all([readRootSeed(room), own.ask()]);
      if (!get().joining) return;
      const { link_url } = get();
      const link_version = version;
      const seated = { ...at_door, seat, name, ticket, root_seed, link_url, link_version };
      following.abort();
      set({ over: null, entry: composeEntry(seated, own) });
    } catch (cause) {
      fail(cause);
    }
  }

  /** The server said no after Join was pressed: back to the door, with the reason. */
  function refuse(cause: unknown): void {
    const had_media = get().entry?.audio ?? get().entry?.video;
    leave(null);
    fail(cause);
    if (had_media) void own.ask();
  }

  function leave(reason: LeaveReason | null): void {
    const { entry } = get();
    entry?.audio?.stop();
    entry?.video?.stop();
    keepPlace(link.room, { inside: false });
    showDoor();
    set({ over: reason, entry: null, joining: false });
    follow();
  }

  return {
    store,
    own,
    leave(reason) {
      // A call whose ticket was refused is gone already, and has been told of.
      if (get().entry) leave(reason);
    },
    join: enter,
    fail,
    rejoin: () => enter(readPlace(link.room).name),
    async start(early, signal) {
      const room = /^\/m\/([^/]+)/.exec(location.pathname)?.[1] ?? '';
      const parsed = parseFragment(room, location.hash);
      if (!isSecureContext) return set({ problem: 'insecure' });
      if (!('RTCPeerConnection' in window)) return set({ problem: 'old' });
      if (!parsed.link) return set({ problem: parsed.fault === 'absent' ? 'absent' : 'malformed' });
      link = parsed.link;
      door = deriveDoor(link.secret, room).then(toBase64url);
      set({ link_url: location.origin + formatLink(link) });
      signal.addEventListener('abort', () => following.abort());
      own.start(readPlace(room), early, signal);
      page = signal;
      if (readPlace(room).inside) {
        await load();
        const { inside, name } = readPlace(room);
        if (inside) return enter(name);
      }
      showDoor();
      follow();
      await idle();
      await (await load()).warm();
    },
  };
}
