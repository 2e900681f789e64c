/** Agenda and speaking time: said by hosts in the group, counted down by each browser for itself. */
import type { Group, Said } from '../call/group.ts';
import { Signal, follow } from '../call/signal.ts';
import { tells } from '../call/spotlight.ts';
import type { HostAct } from '../group/hosting.ts';
import type { AgendaItem } from '../group/schedule.ts';
import type { RunningAgenda, RunningTurn, ScheduleModel } from './model.ts';

interface ScheduleParts {
  readonly group: Group;
  /** The time that somebody was given is up. */
  readonly onTimeUp: (identity: string) => void;
  readonly onRefused: () => void;
}

const minute_ms = 60_000;

function leftOf({ ends_ms }: { readonly ends_ms: number }): number {
  return Math.max(0, Math.round(ends_ms - Date.now()));
}

export class Schedule implements ScheduleModel {
  readonly agenda = new Signal<RunningAgenda | null>(null);
  readonly turn = new Signal<RunningTurn | null>(null);
  readonly #parts: ScheduleParts;
  #up: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ScheduleParts, life: AbortSignal) {
    this.#parts = parts;
    const { group } = parts;
    group.onGreeting(life, (identity) => {
      if (tells(group.view.get(), identity)) this.#tellAgain();
    });
    follow(group.view, life, ({ leaves }) => {
      const turn = this.turn.get();
      if (turn !== null && !leaves.has(turn.identity)) this.#take(null);
    });
    life.addEventListener('abort', () => clearTimeout(this.#up));
  }

  hear(said: Said): void {
    if (said.kind === 'agenda') {
      const { agenda } = said;
      const ends_ms = Date.now() + (agenda?.left_ms ?? 0);
      this.agenda.set(agenda && { items: agenda.items, at: agenda.at, ends_ms });
    }
    if (said.kind === 'turn') {
      const { turn } = said;
      this.#take(turn && { identity: turn.id, ends_ms: Date.now() + turn.left_ms });
    }
  }

  go(items: readonly AgendaItem[], at: number): void {
    const item = items[at];
    const left_ms = (item?.minutes ?? 0) * minute_ms;
    this.#say({ kind: 'agenda', agenda: item ? { items, at, left_ms } : null });
  }

  give(identity: string, minutes: number): void {
    const turn = minutes > 0 ? { id: identity, left_ms: minutes * minute_ms } : null;
    this.#say({ kind: 'turn', turn });
  }

  #take(turn: RunningTurn | null): void {
    clearTimeout(this.#up);
    this.turn.set(turn);
    if (turn === null) return;
    const end = (): void => {
      if (this.turn.get() === turn) this.#parts.onTimeUp(turn.identity);
    };
    // Who came in after the end is told nothing.
    if (leftOf(turn) > 0) this.#up = setTimeout(end, leftOf(turn));
  }

  #tellAgain(): void {
    const [agenda, turn] = [this.agenda.get(), this.turn.get()];
    if (agenda !== null) {
      const { items, at } = agenda;
      this.#say({ kind: 'agenda', agenda: { items, at, left_ms: leftOf(agenda) } });
    }
    if (turn !== null && leftOf(turn) > 0) {
      this.#say({ kind: 'turn', turn: { id: turn.identity, left_ms: leftOf(turn) } });
    }
  }

  #say(act: HostAct): void {
    this.#parts.group.host(act).catch(() => this.#parts.onRefused());
  }
}
