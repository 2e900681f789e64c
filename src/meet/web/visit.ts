/** A visit to a meeting's page, from its link to the last page: a view-model, without React. */
import { Refused } from '../../app/client.ts';
import type { EventFrame } from '../../app/contract.ts';
import { fromBase64url, toBase64url } from '../../protocol/link/base64url.ts';
import { deriveDoor } from '../../protocol/link/door.ts';
import { formatLink, parseFragment } from '../../protocol/link/link.ts';
import type { Link } from '../../protocol/link/link.ts';
import { rootFingerprint } from '../../protocol/link/root.ts';
import { createStore } from '../../web/store.ts';
import type { Store } from '../../web/store.ts';
import type { MeetingState } from '../contract.ts';
import { api, openLive } from './api.ts';
import { readChosen } from './devices.ts';
import type { Entry, LeaveReason, Ticket } from './entry.ts';
import { createOwnMedia } from './own-media.ts';
import type { OwnMedia } from './own-media.ts';
import { readRootSeed } from './root-key.ts';
import { keepPlace, readPlace, takeSeat } from './seat.ts';

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

/** How long a server that is away is asked again before the person is told. */
const patience_ms = 15_000;

function problemOf(cause: unknown): Problem | null {
  if (!(cause instanceof Refused)) return null;
  if (cause.code === 'meet.no-meeting') return 'gone';
  if (cause.code === 'meet.ended') return 'ended';
  return cause.code === 'meet.full' ? 'full' : null;
}

/** Asks for a ticket, and again while the server is starting or the line is coming back. */
async function askTicket(input: Parameters<typeof api.meet.enter>[0]): Promise<Ticket> {
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

export function createVisit(): VisitModel {
  const store = createStore<Visit>({
    over: null,
    problem: null,
    cause: null,
    joining: false,
    entry: null,
    here: null,
    people_max: 0,
    link_url: '',
  });
  const { get, set } = store;
  const own = createOwnMedia();
  let link: Link;
  let door: Promise<string>;

  function fail(cause: unknown): void {
    const problem = problemOf(cause);
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

  function showEvent({ event, data }: EventFrame): void {
    const here = get().here ?? [];
    const { identity = '' } = data as { identity?: string };
    if (event === 'meet.ended') return set({ problem: 'ended' });
    if (event === 'meet.joined') set({ here: [...new Set([...here, identity])] });
    if (event === 'meet.left') {
      set({ here: here.filter((each) => each !== identity) });
      if (get().problem === 'full') set({ problem: null });
    }
  }

  /** Says who is in already, until the call itself knows. */
  async function followMeeting(signal: AbortSignal): Promise<void> {
    const { room } = link;
    const at_door = { room, door: await door };
    try {
      await showState(await api.meet.hello(at_door));
    } catch (cause) {
      fail(cause);
    }
    if (signal.aborted) return;
    const live = openLive(signal);
    addEventListener('online', () => live.wake(), { signal });
    live.follow({
      ask: (cursor) => live.api.meet.watch({ ...at_door, cursor }),
      onState: (state) => void showState(state),
      onEvent: showEvent,
      onRefused: fail,
      signal,
    });
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
    const { seat } = readPlace(room);
    const at_door = { room, door: await door };
    const ticket = askTicket({ ...at_door, seat, name });
    ticket.catch((cause: unknown) => {
      const had_media = get().entry?.audio ?? get().entry?.video;
      leave(null);
      fail(cause);
      if (had_media) void own.ask();
    });
    // The call asks for nothing: what is switched on here is what is brought in.
    const [root_seed] = await Promise.all([readRootSeed(room), own.ask()]);
    if (!get().joining) return;
    const { audio_on, video_on } = own.store.get();
    const { audio, video } = own.handOver();
    keepPlace(room, { inside: true, name, audio_on, video_on });
    following.abort();
    set({
      over: null,
      entry: {
        ...at_door,
        ticket,
        seat,
        name,
        root_seed,
        audio,
        video,
        audio_on,
        video_on,
        link_url: get().link_url,
        link_version: version,
        speaker_id: readChosen().speaker_id ?? null,
      },
    });
  }

  function leave(reason: LeaveReason | null): void {
    const { entry } = get();
    entry?.audio?.stop();
    entry?.video?.stop();
    keepPlace(link.room, { inside: false });
    delete document.documentElement.dataset['inside'];
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
      const { inside, name } = await takeSeat(room, signal);
      if (inside && name !== '') await enter(name);
      else follow();
    },
  };
}
