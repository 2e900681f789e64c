import assert from 'node:assert/strict';
import type { EventFrame } from '#src/app/contract.ts';
import type { Database } from '#src/app/database.ts';

export interface Explained<State> {
  readonly db: Database;
  readonly account: string;
  /** The state as a newcomer would be told it. */
  readonly read: () => Promise<State>;
  /** The reducer that browsers use. */
  readonly apply: (state: State, frame: EventFrame) => State;
}

/**
 * Proves that a change emits events that explain it: old state + events = new state, so that who
 * followed knows what who asks anew is told. After Zulip's verify_action.
 * @returns the events emitted
 */
export async function expectEventsToExplain<State>(
  { db, account, read, apply }: Explained<State>,
  act: () => Promise<unknown>,
): Promise<EventFrame[]> {
  const before = await read();
  const from = await seqOf(db, account);
  await act();
  const rows = await db
    .selectFrom('event')
    .selectAll()
    .where('account', '=', account)
    .where('seq', '>', from)
    .orderBy('seq')
    .execute();
  const frames = rows.map(({ seq, name, data }): EventFrame => ({
    event: name,
    account,
    seq,
    data,
  }));
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    frames.map((_frame, index) => from + index + 1),
    'events are numbered without a gap',
  );
  const after = await read();
  assert.deepEqual(frames.reduce(apply, before), after);
  return frames;
}

async function seqOf(db: Database, account: string): Promise<number> {
  const row = await db
    .selectFrom('account')
    .select('seq')
    .where('id', '=', account)
    .executeTakeFirst();
  return row?.seq ?? 0;
}
