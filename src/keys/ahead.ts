/**
 * Seats at the media engine ahead of a leaf. In a meeting whose gate is open nobody waits for a
 * person's word: who knocks there connects to the engine while a member's browser takes them in.
 * Until then they have no key, and what reaches them is sealed; a seat whose knock leads to no leaf
 * is closed again.
 */
import type { Database } from '../app/database.ts';
import type { Ctx } from '../app/server.ts';
import type { Desk } from './desk.ts';
import { isLeaf } from './leaf.ts';
import { mintTicket, type Ticket } from './places.ts';
import { findLive, type KnockRow } from './store.ts';

/**
 * Whether somebody of that id may connect to the room's media now: a leaf of its group, or who is
 * seated ahead. Nobody else is let in, not even with a token, which cannot be taken back.
 */
export async function hasSeat(db: Database, room: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('mls_knock')
    .select('id')
    .where('room', '=', room)
    .where('leaf', '=', id)
    .where('ahead', '=', true)
    .where((where) => where.or([where('answer', 'is', null), where('answer', '=', 'welcomed')]))
    .executeTakeFirst();
  // In this order: between two looks the knock may become the leaf, and never the other way.
  return row !== undefined || (await isLeaf(db, room, id));
}

/** A ticket for who knocks, where the group says that its gate is open; otherwise null. */
export async function seatAhead(
  ctx: Ctx,
  desk: Desk,
  { id, room, leaf, answer }: KnockRow,
): Promise<Ticket | null> {
  const group = answer === null ? await findLive(ctx, room) : undefined;
  if (!group?.open) return null;
  await ctx.tx.updateTable('mls_knock').set({ ahead: true }).where('id', '=', id).execute();
  ctx.after(() => lookLater(desk, room, leaf));
  return mintTicket(ctx, desk, group, leaf);
}

/** Closes the seats of knocks that were given one and now lead to no leaf. */
export async function unseat(ctx: Ctx, desk: Desk, rows: readonly KnockRow[]): Promise<void> {
  const ahead = rows.filter((row) => row.ahead);
  if (ahead.length === 0) return;
  const ids = ahead.map(({ id }) => id);
  await ctx.tx.updateTable('mls_knock').set({ ahead: false }).where('id', 'in', ids).execute();
  for (const { room, leaf } of ahead) ctx.after(() => desk.media.close(room, leaf));
}

function lookLater(desk: Desk, room: string, leaf: string): void {
  desk.agenda.set(`ahead ${room} ${leaf}`, desk.pace.ahead_ms, async (ctx) => {
    const rows = await ctx.tx
      .selectFrom('mls_knock')
      .selectAll()
      .where('room', '=', room)
      .where('leaf', '=', leaf)
      .where('ahead', '=', true)
      .orderBy('id')
      .forUpdate()
      .execute();
    if (await isLeaf(ctx.tx, room, leaf)) return;
    const before_ms = ctx.now.getTime() - desk.pace.ahead_ms;
    const due = rows.filter(({ knocked_at }) => knocked_at.getTime() <= before_ms);
    if (due.length === rows.length) await unseat(ctx, desk, due);
    else lookLater(desk, room, leaf);
  });
}
