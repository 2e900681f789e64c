/**
 * Breakout rooms, in the meeting they belong to. Each is a meeting of its own, whose page stands
 * in a frame over this one: it has a guard, a group and a connection for itself, and no page outside
 * has the keys of what is said in it. One stays a member of the meeting meanwhile, with microphone
 * and camera off, and so hears of messages to all, of moves, and of the way back.
 *
 * Nobody's microphone or camera is turned on by others: who is brought back is silent here.
 */
import type { Group, GroupView, Said } from '../call/group.ts';
import { load } from '../call/load.ts';
import { isHost } from '../call/rights.ts';
import { Signal, follow } from '../call/signal.ts';
import { tells } from '../call/spotlight.ts';
import type { LeaveReason } from '../entry.ts';
import type { Breakouts, BreakoutRoom } from '../group/breakouts.ts';
import { keepPlace, readPlace } from '../seat.ts';
import { keep, readKept, roomIdOf } from './kept.ts';
import type { Aside, BreakoutsModel, Sharing } from './model.ts';
import { shareOut } from './sharing.ts';

export interface Switches {
  readonly audio_on: boolean;
  readonly video_on: boolean;
}

export interface BreakoutParts {
  readonly group: Group;
  /** The meeting's room id, and what one calls oneself in it. */
  readonly room: string;
  readonly name: string;
  /** One's own microphone and camera in the meeting; `set` ends a shared screen too. */
  readonly switches: { get(): Switches; set(on: Switches): void };
  readonly aside: Signal<Aside | null>;
  /** One was brought back by somebody else, or by the end of the room. */
  readonly onBrought: () => void;
}

/** A room that does not answer is left without a goodbye. */
const goodbye_ms = 3000;
const off: Switches = { audio_on: false, video_on: false };

async function endRooms(rooms: readonly BreakoutRoom[]): Promise<void> {
  const { endRooms: end } = await load(() => import('./rooms.ts'));
  await end(rooms);
}

const none: Breakouts = { rooms: [], places: [], choose: false };

export class BreakoutRooms implements BreakoutsModel {
  readonly told: Signal<Breakouts | null>;
  readonly where = new Signal<ReadonlyMap<string, string>>(new Map());
  readonly recalled: Signal<number | null>;
  readonly #parts: BreakoutParts;
  #recalling: ReturnType<typeof setTimeout> | undefined;
  #goodbye: ReturnType<typeof setTimeout> | undefined;
  #by_self = false;
  /** Hosts that know of the rooms. */
  #hosts = new Set<string>();
  #been_in = false;
  /** There were rooms while one was here, and are none any more. */
  #closed = false;
  /** On its way to all: what is placed meanwhile is placed in the last of it. */
  #telling: Breakouts[] = [];

  constructor(parts: BreakoutParts, life: AbortSignal) {
    this.#parts = parts;
    const { group, aside, room } = parts;
    const { told, inside, recalled } = readKept(room);
    this.told = new Signal(told);
    this.recalled = new Signal<number | null>(null);
    if (inside !== null) aside.set({ room: inside, leaving: false });
    if (recalled !== null) this.#setRecall(recalled);
    group.onGreeting(life, (identity) => this.#greet(identity));
    follow(group.view, life, (view) => this.#meet(view));
    life.addEventListener('abort', () => {
      clearTimeout(this.#recalling);
      clearTimeout(this.#goodbye);
    });
  }

  #isHost(): boolean {
    const view = this.#parts.group.view.get();
    return isHost(view, view.own);
  }

  hear(identity: string, said: Said): void {
    if (said.kind === 'aside') this.#note(identity, said.room);
    if (said.kind === 'breakouts' && said.breakouts !== null) {
      if (identity === this.#parts.group.view.get().own) this.#telling.shift();
      this.#take(said.breakouts);
    }
    if (said.kind === 'recall' && this.told.get() !== null) {
      this.#setRecall(Date.now() + said.seconds * 1000);
    }
  }

  async open(names: readonly string[], sharing: Sharing): Promise<void> {
    const { makeRooms } = await import('./rooms.ts');
    const rooms = await makeRooms(names);
    const { leaves } = this.#parts.group.view.get();
    const guests = [...leaves.values()].filter(({ role }) => role === 'guest');
    const ids = sharing === 'chance' ? guests.map(({ identity }) => identity) : [];
    const places = shareOut(ids, rooms.length);
    await this.#tell({ rooms, places, choose: sharing === 'choice' });
  }

  async place(identity: string, room: number | null): Promise<void> {
    const told = this.#telling.at(-1) ?? this.told.get();
    if (told === null) return;
    const others = told.places.filter(([id]) => id !== identity);
    await this.#tell({ ...told, places: room === null ? others : [...others, [identity, room]] });
  }

  async recall(seconds: number): Promise<void> {
    await this.#parts.group.host({ kind: 'recall', seconds });
  }

  enter(room: BreakoutRoom): void {
    const { aside, switches, name } = this.#parts;
    if (aside.get() !== null) return;
    keepPlace(roomIdOf(room), { inside: true, name, ...switches.get() });
    switches.set(off);
    aside.set({ room, leaving: false });
    this.#keep();
    this.#tellAside();
  }

  comeBack(): void {
    this.#begin(true);
  }

  left(reason: LeaveReason): void {
    // What went wrong the room's own page says, with what can be done about it.
    if (reason === 'failed' || reason === 'denied') return;
    const { aside } = this.#parts;
    if (aside.get()?.leaving === false) this.#by_self = reason === 'left';
    this.#end();
  }

  /** To `to` alone, where others know already. */
  async #tell(breakouts: Breakouts, to: readonly string[] | null = null): Promise<void> {
    if (to === null) this.#telling.push(breakouts);
    try {
      await this.#parts.group.host({ kind: 'breakouts', breakouts, to });
    } catch (cause) {
      this.#telling = this.#telling.filter((each) => each !== breakouts);
      throw cause;
    }
  }

  /** The way back begins: the page of the room says goodbye to those in it. */
  #begin(by_self: boolean): void {
    const { aside } = this.#parts;
    const stay = aside.get();
    if (stay === null || stay.leaving) return;
    this.#by_self = by_self;
    aside.set({ ...stay, leaving: true });
    this.#goodbye = setTimeout(() => this.#end(), goodbye_ms);
  }

  #end(): void {
    clearTimeout(this.#goodbye);
    const { aside, switches, onBrought } = this.#parts;
    const stay = aside.get();
    if (stay === null) return;
    const room = roomIdOf(stay.room);
    const { audio_on, video_on } = readPlace(room);
    keepPlace(room, { inside: false });
    aside.set(null);
    this.#keep();
    this.#tellAside();
    if (this.#by_self) switches.set({ audio_on, video_on });
    else onBrought();
  }

  #take(breakouts: Breakouts): void {
    const known = this.told.get();
    const over = breakouts.rooms.length === 0;
    this.told.set(over ? null : breakouts);
    this.#closed = over;
    if (over) {
      this.#setRecall(null);
      if (known && this.#isHost()) void endRooms(known.rooms);
    }
    this.#keep();
    const inside = this.#parts.aside.get()?.room.link;
    if (!breakouts.rooms.some(({ link }) => link === inside)) this.#begin(false);
  }

  #setRecall(at_ms: number | null): void {
    clearTimeout(this.#recalling);
    this.recalled.set(at_ms);
    this.#keep();
    if (at_ms === null) return;
    this.#recalling = setTimeout(() => this.#endRecall(), Math.max(0, at_ms - Date.now()));
  }

  /** Everybody comes back by themselves; one host says that there are no rooms any more. */
  #endRecall(): void {
    this.#begin(false);
    this.recalled.set(null);
    if (!this.#isHost() || !tells(this.#parts.group.view.get(), '')) return;
    this.#tell(none).catch(() => undefined);
  }

  #note(identity: string, room: string | null): void {
    const where = new Map(this.where.get());
    where.delete(identity);
    if (room !== null) where.set(identity, room);
    this.where.set(where);
  }

  /** Who came, or came back, is told what concerns them, and where one is. */
  #greet(identity: string): void {
    const { group, aside } = this.#parts;
    const view = group.view.get();
    if (identity === view.own) return;
    if (aside.get() !== null) this.#tellAside();
    // Who reloaded as they were closed still thinks that there are rooms.
    const told = this.told.get() ?? (this.#closed ? none : null);
    if (told !== null && this.#isHost() && tells(view, identity)) {
      this.#tell(told, [identity]).catch(() => undefined);
    }
  }

  /** Who is gone is in no room. Who has become a host learns of all of them. */
  #meet(view: GroupView): void {
    if (view.phase === 'in' && !this.#been_in) {
      this.#been_in = true;
      // Who reloaded in a room is in it for the others too.
      if (this.#parts.aside.get() !== null) this.#tellAside();
    }
    const here = [...this.where.get()].filter(([identity]) => view.leaves.has(identity));
    if (here.length < this.where.get().size) this.where.set(new Map(here));
    const hosts = [...view.leaves.keys()].filter((identity) => isHost(view, identity));
    const fresh = hosts.filter((identity) => !this.#hosts.has(identity));
    this.#hosts = new Set(hosts);
    const told = this.told.get();
    if (told === null || !this.#isHost()) return;
    const [first = ''] = fresh;
    if (fresh.length > 0 && tells(view, first)) this.#tell(told, fresh).catch(() => undefined);
  }

  /** Lost with the line, it is said again when somebody comes. */
  #tellAside(): void {
    const { group, aside } = this.#parts;
    const stay = aside.get();
    const room = stay === null || stay.leaving ? null : stay.room.name;
    group.say({ kind: 'aside', room }).catch(() => undefined);
  }

  #keep(): void {
    const { aside, room } = this.#parts;
    const kept = {
      told: this.told.get(),
      inside: aside.get()?.room ?? null,
      recalled: this.recalled.get(),
    };
    keep(room, kept, this.#isHost());
  }
}
