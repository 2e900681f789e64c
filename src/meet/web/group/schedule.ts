/**
 * The time of a meeting, as hosts tell of it: an agenda, and how long somebody may speak. Clocks of
 * devices differ, so what is told is how much is left, not when it ends.
 */
import { readFields, readList, readText, readWhole } from '../../../protocol/encryption/json.ts';
import { must } from '../../../protocol/encryption/refusal.ts';
import { item_minutes_max, items_max, title_length_max } from './schedule-limits.ts';

export interface AgendaItem {
  readonly title: string;
  readonly minutes: number;
}

export interface Agenda {
  readonly items: readonly AgendaItem[];
  /** Which is under way. */
  readonly at: number;
  /** Of it. */
  readonly left_ms: number;
}

/** Who may speak for how long. */
export interface Turn {
  /** Their name at the media engine. */
  readonly id: string;
  readonly left_ms: number;
}

const left_ms_max = item_minutes_max * 60_000;
const id_length_max = 64;

function readLeft(value: unknown): number {
  const left_ms = readWhole(value, 0);
  must(left_ms <= left_ms_max, 'json.value', 'more time than there is');
  return left_ms;
}

function readItem(value: unknown): AgendaItem {
  const { title, minutes } = readFields(value, ['title', 'minutes']);
  const whole = readWhole(minutes, 1);
  must(whole <= item_minutes_max, 'json.value', 'more time than there is');
  return { title: readText(title, title_length_max), minutes: whole };
}

/** Throws `json.*`. */
export function readAgenda(value: unknown): Agenda | null {
  if (value === null) return null;
  const fields = readFields(value, ['items', 'at', 'left_ms']);
  const items = readList(fields.items, items_max, readItem);
  const at = readWhole(fields.at, 0);
  must(at < items.length, 'json.value', 'nothing of the agenda is under way');
  return { items, at, left_ms: readLeft(fields.left_ms) };
}

/** Throws `json.*`. */
export function readTurn(value: unknown): Turn | null {
  if (value === null) return null;
  const { id, left_ms } = readFields(value, ['id', 'left_ms']);
  return { id: readText(id, id_length_max), left_ms: readLeft(left_ms) };
}
