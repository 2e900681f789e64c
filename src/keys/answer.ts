import type { Ctx } from '../app/server.ts';
import { unseat } from './ahead.ts';
import { keys, type Answer } from './contract.ts';
import type { Desk } from './desk.ts';
import type { Group, KnockRow } from './store.ts';

/** After these nobody knocks again with the same key and link. */
const final: ReadonlySet<Answer> = new Set(['denied', 'relinked', 'ended']);

/**
 * Ends the waiting of knocks: to the group's members, where they were shown, and to each knocker.
 * The rows stay a while, so that a knocker whose connection broke can ask again.
 */
export async function answerKnocks(
  ctx: Ctx,
  desk: Desk,
  rows: readonly KnockRow[],
  answer: Answer,
  group: Group | undefined,
): Promise<void> {
  const first = rows[0];
  if (first === undefined) return;
  const ids = rows.map(({ id }) => id);
  await ctx.tx
    .updateTable('mls_knock')
    .set({ answer, answered_at: ctx.now })
    .where('id', 'in', ids)
    .execute();
  const shown = rows.filter((row) => row.released && row.answer === null);
  if (group && shown.length > 0) {
    const knocks = shown.map(({ id }) => ({ knock: id, answer }));
    await ctx.publish(keys, 'answered', group.account, { knocks });
  }
  for (const { id, account } of rows)
    await ctx.publish(keys, 'answered', account, { knocks: [{ knock: id, answer }] });
  if (final.has(answer)) await unseat(ctx, desk, rows);
  ctx.after(() => desk.tendLater(first.room, desk.pace.answer_kept_ms));
}

/** Knocks of a room that wait, in the order of their ids: who locks several locks them so. */
export function lockWaiting(ctx: Ctx, room: string): Promise<KnockRow[]> {
  return ctx.tx
    .selectFrom('mls_knock')
    .selectAll()
    .where('room', '=', room)
    .where('answer', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
}
