/** A visit to a meeting's page, from its link to the last page: a view-model, without React. */
import { Refused } from '../../app/client.ts';
import { fromBase64url, toBase64url } from '../../protocol/link/base64url.ts';
import { deriveDoor } from '../../protocol/link/door.ts';
import { formatLink, parseFragment } from '../../protocol/link/link.ts';
import type { Link } from '../../protocol/link/link.ts';
import { rootFingerprint } from '../../protocol/link/fingerprint.ts';
import type { EarlyMedia } from '../../web/early.ts';
import { createStore } from '../../web/store.ts';
import type { MeetingState } from '../contract.ts';
import { findWay } from './guard/support.ts';
import { api } from './api.ts';
import type { Entry, LeaveReason } from './entry.ts';
import { OwnMedia } from './own-media.ts';
import { keepPlace, readPlace } from './seat.ts';

/** What is loaded while the person looks at their picture: the call, and the way into it. */
type Inside = typeof import('./inside.ts');

/** What keeps a person out of the meeting; each has a page of its own. */
export type Problem =
  | 'absent'
  | 'malformed'
  | 'gone'
  | 'ended'
  | 'full'
  | 'denied'
  | 'insecure'
  | 'old';

export interface VisitState {
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

function problemOf(cause: unknown): Problem | null {
  if (!(cause instanceof Refused)) return null;
  if (cause.code === 'meet.no-meeting' || cause.code === 'meet.relinked') return 'gone';
  if (cause.code === 'meet.ended') return 'ended';
  if (cause.code === 'meet.denied') return 'denied';
  return cause.code === 'meet.full' ? 'full' : null;
}

/** When the page has nothing better to do. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 3000 });
    else setTimeout(resolve, 1000);
  });
}

/** Until here the early script may have kept the page dark, for the way back into the call. */
export function showDoor(): void {
  delete document.documentElement.dataset['inside'];
}

export class Visit {
  readonly store = createStore<VisitState>({
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
  readonly own = new OwnMedia();
  link!: Link;
  /** The door value of the link, B64. */
  door!: Promise<string>;
  /** Of the root key, where this page was opened by a host link. */
  seed: Uint8Array<ArrayBuffer> | null = null;
  /** Ends when the page is left. */
  page!: AbortSignal;
  #loading: Promise<Inside> | null = null;
  /** Ends with the next one, and in the call, which sees for itself who is there. */
  following = new AbortController();

  /** Begins with the link in the address, until `page` is left. */
  async start(early: EarlyMedia, page: AbortSignal): Promise<void> {
    const { set } = this.store;
    const room = /^\/m\/([^/]+)/.exec(location.pathname)?.[1] ?? '';
    const { link, fault, ...more } = parseFragment(room, location.hash);
    if (!isSecureContext) return set({ problem: 'insecure' });
    if (findWay() === null) return set({ problem: 'old' });
    if (!link) return set({ problem: fault === 'absent' ? 'absent' : 'malformed' });
    this.page = page;
    this.#knowLink(link);
    this.seed = 'seed' in more ? more.seed : null;
    // Before anything else, lest it be shown or copied on.
    if (this.seed) history.replaceState(history.state, '', formatLink(link));
    page.addEventListener('abort', () => this.following.abort());
    this.own.start(readPlace(room), early, page);
    if (readPlace(room).inside) {
      await this.#load();
      // Another tab may sit in this seat: then this one has been given a new place.
      const { inside, name } = readPlace(room);
      if (inside) return this.join(name);
    }
    showDoor();
    this.follow();
    await this.#quiet();
    await (await this.#load()).prepare(this);
  }

  /** The meeting has another link from now on, which the address is to show as well. */
  changeLink(link: Link): void {
    this.#knowLink(link);
    history.replaceState(history.state, '', formatLink(link));
  }

  #knowLink(link: Link): void {
    this.link = link;
    this.door = deriveDoor(link.secret, link.room).then(toBase64url);
    this.store.set({ link_url: location.origin + formatLink(link) });
  }

  async join(name: string): Promise<void> {
    const { get, set } = this.store;
    const { joining, problem } = get();
    if (joining) return;
    set({ joining: true, cause: null, problem: problem === 'denied' ? null : problem });
    keepPlace(this.link.room, { name });
    try {
      await (await this.#load()).goIn(this, name);
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** Told by the call. One whose ticket was refused is gone already, and is not heard. */
  readonly leave = (reason: LeaveReason): void => {
    const { entry, inside } = this.store.get();
    if (entry) inside?.comeOut(this, reason);
  };

  /** Says what failed: on a page of its own, or where trying again may help. */
  readonly fail = (cause: unknown): void => {
    const problem = problemOf(cause);
    if (!this.store.get().entry) showDoor();
    this.store.set({ problem, cause: problem ? null : cause, joining: false });
  };

  /** What the server says of the meeting, believed only under the root key that the link names. */
  readonly showState = async ({ root, here, people_max, ended }: MeetingState): Promise<void> => {
    const { get, set } = this.store;
    const public_key = fromBase64url(root);
    const fingerprint = public_key && toBase64url(await rootFingerprint(public_key));
    if (fingerprint !== toBase64url(this.link.fingerprint)) return set({ problem: 'malformed' });
    // What was said at the door stays, until one asks again.
    const { problem } = get();
    const stays = problem === 'full' || problem === 'denied' || problem === 'malformed';
    const said = stays ? problem : null;
    set({ here, people_max, problem: ended ? 'ended' : said, cause: null });
  };

  /** Says who is in already, until the call itself knows. */
  readonly follow = (): void => {
    this.following.abort();
    this.following = new AbortController();
    this.#followMeeting(this.following.signal).catch(this.fail);
  };

  async #followMeeting(signal: AbortSignal): Promise<void> {
    const at_door = { room: this.link.room, door: await this.door };
    try {
      await this.showState(await api.meet.hello(at_door));
    } catch (cause) {
      if (signal.aborted) return;
      this.fail(cause);
      if (this.store.get().problem) return;
    }
    // What the first call could not reach, the live connection finds as soon as it is back.
    await this.#quiet();
    const { followLive } = await this.#load();
    if (!signal.aborted) followLive(at_door, this, signal);
  }

  /** First the own picture, then what comes after it. */
  async #quiet(): Promise<void> {
    await this.own.settled();
    await idle();
  }

  #load(): Promise<Inside> {
    this.#loading ??= this.#loadInside();
    return this.#loading;
  }

  async #loadInside(): Promise<Inside> {
    try {
      const inside = await import('./inside.ts');
      await Promise.all([inside.takeSeat(this.link.room, this.page), inside.keepSeed(this)]);
      this.store.set({ inside });
      return inside;
    } catch (cause) {
      // A line that was gone for a moment: the next press tries again.
      this.#loading = null;
      throw cause;
    }
  }
}
