/** For tests: the member of a group as a page holds it, and a network a test can bend. */
import assert from 'node:assert/strict';
import { bind, unreachable } from '#src/app/client.ts';
import type { Api } from '#src/app/client.ts';
import type { Follow } from '#src/app/live.ts';
import type { EventFrame } from '#src/app/contract.ts';
import type { Delivery as Wire } from '#src/meet/web/group/delivery.ts';
import { openDoors } from '#src/meet/web/group/line.ts';
import type { Doors } from '#src/meet/web/group/line.ts';
import { startMember } from '#src/meet/web/group/member.ts';
import type { Member, MemberEvent, MemberStart, World } from '#src/meet/web/group/member.ts';
import type { MemberView } from '#src/meet/web/group/view.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { generateLeafKey } from '#src/protocol/encryption/ed25519.ts';

/** What stands between a member and the service. */
export interface Bend {
  /** `go` makes the call as it is, or with another input. */
  call?: (
    name: string,
    input: object,
    go: (input?: object) => Promise<unknown>,
  ) => Promise<unknown>;
  event?: (frame: EventFrame, pass: (frame: EventFrame) => void) => void;
}

type Media = Extract<MemberEvent, { kind: 'keys' }>;
type Said = Extract<MemberEvent, { kind: 'app' }>;

export interface Given extends Partial<MemberStart> {
  readonly origin: string;
  readonly meeting: Link;
  readonly bend?: Bend;
  readonly world?: Partial<World>;
  readonly hosted?: boolean;
}

const started = new Set<Browser>();
const nothing_yet: MemberView = {
  phase: 'connecting',
  fault: null,
  epoch: null,
  leaf: null,
  id: '',
  code: null,
  mode: 'meeting',
  guests: [],
  stage: [],
  codecs: [],
  gate: null,
  pulse: 'well',
  waiting: [],
  people: [],
};

/** Ends every browser of a test. */
export function closeBrowsers(): void {
  for (const browser of started) browser.vanish();
  started.clear();
}

export class Browser {
  readonly start: MemberStart;
  readonly name: string;
  readonly member: Member;
  readonly events: MemberEvent[] = [];
  readonly said: Said[] = [];
  readonly switches: bigint[] = [];
  /** Everything the server was sent, as text. */
  readonly sent: string[] = [];
  /** May be changed while the member runs. */
  bend: Bend;
  view: MemberView = nothing_yet;
  media: Media | undefined;
  memory: MemberStart['memory'] = null;
  /** Told of everything, before anything is waited for. */
  onEvent: (event: MemberEvent) => void = () => undefined;
  /** Where beats go. */
  onBeat: (bytes: Uint8Array<ArrayBuffer>) => void = () => undefined;
  readonly #gone = new AbortController();
  readonly #follows = new Set<Follow<unknown>>();
  #cut = new AbortController();
  #dial!: { readonly origin: string; readonly signal: AbortSignal };
  #doors!: Doors;
  readonly #waiting = new Set<() => void>();

  private constructor(start: MemberStart, bend: Bend, world: Partial<World>) {
    this.start = start;
    this.name = typeof start.name === 'string' ? start.name : 'promised';
    this.bend = bend;
    this.member = startMember(start, (event) => this.#hear(event), {
      openDoors: (origin, signal) => this.#openDoors(origin, signal),
      ...world,
    });
    started.add(this);
  }

  static async open(given: Given): Promise<Browser> {
    const { meeting, hosted = false, bend = {}, world = {}, ...more } = given;
    const { room, ...link } = meeting;
    const start: MemberStart = {
      room,
      link: { ...link, hosted },
      name: 'Ada',
      codecs: ['vp9'],
      key: await generateLeafKey(),
      root_seed: null,
      memory: null,
      ...more,
    };
    return new Browser(start, bend, world);
  }

  /** What a reload keeps: the key and the memory, not the state. */
  async reload(given: Partial<Given> = {}): Promise<Browser> {
    this.vanish();
    const { link, ...rest } = this.start;
    const meeting = { ...link, room: rest.room };
    return Browser.open({ ...rest, meeting, memory: this.memory, ...given });
  }

  /** The browser is gone without a word. */
  vanish(): void {
    this.#gone.abort();
    // Nothing it says arrives any more; this ends its timers.
    void this.member.leave();
  }

  /** Resolves once `holds`, asked again at every event; after `signal` it does not matter any more. */
  until(what: string, holds: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        this.#waiting.delete(ask);
      });
      const timer = setTimeout(() => {
        this.#waiting.delete(ask);
        reject(new Error(`${this.name}: not ${what}; ${this.describe()}`));
      }, 20_000);
      const ask = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#waiting.delete(ask);
        resolve();
      };
      this.#waiting.add(ask);
      ask();
    });
  }

  untilCount(count: number): Promise<void> {
    return this.until(`${String(count)} people`, () => this.view.people.length === count);
  }

  untilNamed(...names: string[]): Promise<void> {
    const wanted = names.toSorted().join();
    return this.until(`the names ${wanted}`, () => this.names().join() === wanted);
  }

  untilIn(): Promise<void> {
    return this.until('in', () => this.view.phase === 'in');
  }

  names(): string[] {
    return this.view.people.map(({ name }) => name ?? '').toSorted();
  }

  describe(): string {
    const { phase, fault, epoch, people } = this.view;
    return `${phase} ${String(fault)} in epoch ${String(epoch)} with ${String(people.length)}`;
  }

  #hear(event: MemberEvent): void {
    if (this.#gone.signal.aborted) return;
    this.events.push(event);
    this.onEvent(event);
    if (event.kind === 'view') this.view = event.view;
    if (event.kind === 'keys') this.media = event;
    if (event.kind === 'switch') this.switches.push(event.epoch);
    if (event.kind === 'app') this.said.push(event);
    if (event.kind === 'memory') this.memory = { group: event.group, epoch: event.epoch };
    if (event.kind === 'beat') this.onBeat(event.bytes);
    for (const ask of this.#waiting) ask();
  }

  /** The line breaks; the server sees it, as it sees a closed connection. */
  cut(): void {
    this.#cut.abort();
  }

  /** The line is there again. */
  mend(): void {
    this.#connect();
    for (const follow of this.#follows) this.#follow(follow);
  }

  #openDoors(origin: string, signal: AbortSignal): Doors {
    this.#dial = { origin, signal };
    this.#connect();
    const isOpen = (): boolean => this.#doors.live.open;
    return {
      live: {
        api: this.#bendApi(() => this.#doors.live.api),
        follow: (follow) => {
          const known = follow as Follow<unknown>;
          this.#follows.add(known);
          follow.signal.addEventListener('abort', () => this.#follows.delete(known));
          this.#follow(known);
        },
        wake: () => this.#doors.live.wake(),
        get open() {
          return isOpen();
        },
      },
      posted: this.#bendApi(() => this.#doors.posted),
    };
  }

  #connect(): void {
    this.#cut = new AbortController();
    const { origin, signal } = this.#dial;
    this.#doors = openDoors(origin, AbortSignal.any([signal, this.#cut.signal, this.#gone.signal]));
  }

  #follow(follow: Follow<unknown>): void {
    const { signal } = this.#cut;
    if (signal.aborted) return;
    this.#doors.live.follow({
      ...follow,
      onState: (state) => {
        if (!signal.aborted && !this.#gone.signal.aborted) follow.onState(state);
      },
      onEvent: (frame) => {
        if (!signal.aborted) this.#pass(frame, follow.onEvent);
      },
    });
  }

  #pass(frame: EventFrame, onEvent: (frame: EventFrame) => void): void {
    if (this.#gone.signal.aborted) return;
    if (this.bend.event) this.bend.event(frame, onEvent);
    else onEvent(frame);
  }

  #bendApi(api: () => Api<Wire>): Api<Wire> {
    return bind<Wire>((name, input, signal) => {
      if (this.#gone.signal.aborted) return new Promise(() => undefined);
      if (this.#cut.signal.aborted) return Promise.reject(unreachable());
      const [, call = ''] = name.split('.');
      const go = async (other: unknown = input): Promise<unknown> => {
        const cut = this.#cut.signal;
        // A bend may have held it back until the line was cut.
        if (cut.aborted) throw unreachable();
        this.sent.push(JSON.stringify(other));
        type Send = (input: unknown, options: object) => Promise<unknown>;
        const calls = api().keys as unknown as Record<string, Send>;
        const answer = await calls[call]?.(other, signal ? { signal } : {});
        if (cut.aborted) throw unreachable();
        return this.#gone.signal.aborted ? new Promise(() => undefined) : answer;
      };
      return this.bend.call ? this.bend.call(call, input as object, go) : go();
    });
  }
}

/** All are in one epoch with the same people, code and media keys. */
export async function agree(...browsers: Browser[]): Promise<void> {
  const [first] = browsers;
  assert.ok(first);
  const spell = ({ media }: Browser): string =>
    JSON.stringify([
      String(media?.epoch),
      media?.leaves.map(({ leaf, identity, media: key }) => [leaf, identity, toBase64url(key)]),
    ]);
  const same = (): boolean =>
    browsers.every(
      (browser) =>
        browser.view.phase === 'in' &&
        browser.view.epoch === browser.media?.epoch &&
        browser.view.people.length === browsers.length &&
        spell(browser) === spell(first) &&
        browser.view.code === first.view.code,
    );
  const done = new AbortController();
  const { signal } = done;
  await Promise.race(browsers.map((browser) => browser.until('of one mind', same, signal)));
  done.abort();
  assert.equal(new Set(browsers.map(({ view }) => view.leaf)).size, browsers.length);
}
