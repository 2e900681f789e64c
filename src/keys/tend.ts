/**
 * What happens to a room by itself: leaves whose connections are gone are reported lost, an empty
 * group ends, abandoned knocks are withdrawn, old answers forgotten. One function that may run at
 * any time, and says itself when it is next of use.
 */
import type { Ctx } from '../app/server.ts';
import { unseat } from './ahead.ts';
import { answerKnocks, lockWaiting } from './answer.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { endGroup } from './end.ts';
import { part } from './part.ts';
import { settleReady } from './ready.ts';
import type { Leaf } from './standing.ts';
import { lockLive, type Group, type KnockRow } from './store.ts';

export async function tend(ctx: Ctx, desk: Desk, room: string): Promise<void> {
  const group = await lockLive(ctx, room);
  const leaves = group ? await readLeaves(ctx, group) : [];
  const waiting = await lockWaiting(ctx, room);
  // Only now who is here is looked up: who comes back is in memory before it waits for the lock.
  const waits = [
    ...(group ? await tendLeaves(ctx, desk, group, leaves) : []),
    ...(await tendKnocks(ctx, desk, waiting, group)),
    ...(await forgetOld(ctx, desk, room)),
  ];
  desk.sessions.keepLeft(
    room,
    new Set([...leaves.map(({ id }) => id), ...waiting.map(({ leaf }) => leaf)]),
  );
  if (waits.length > 0) ctx.after(() => desk.tendLater(room, Math.max(0, Math.min(...waits))));
}

function readLeaves(ctx: Ctx, group: Group): Promise<Leaf[]> {
  return ctx.tx
    .selectFrom('mls_leaf')
    .selectAll()
    .where('mls_group', '=', group.id)
    .orderBy('id')
    .execute();
}

/** Returns in how many milliseconds something may be due next. */
async function tendLeaves(
  ctx: Ctx,
  desk: Desk,
  group: Group,
  leaves: readonly Leaf[],
): Promise<number[]> {
  const { sessions, pace, now_ms } = desk;
  const { room } = group;
  const now = now_ms();
  const away = leaves.filter(({ id }) => !sessions.isHere(room, id));
  const leftFor = ({ id }: Leaf): number => now - sessions.leftAt(room, id);
  const vacant_for = away.length === leaves.length ? Math.min(Infinity, ...away.map(leftFor)) : -1;
  if (vacant_for >= pace.vacant_ms) {
    await endGroup(ctx, desk, group);
    return [];
  }
  const news = away.filter((leaf) => leaf.lost_at === null);
  const due = news.filter((leaf) => leftFor(leaf) >= pace.lost_ms);
  await part(
    ctx,
    desk,
    group,
    due.filter(({ named }) => named),
  );
  await lose(
    ctx,
    group,
    due.filter(({ named }) => !named),
  );
  if (due.length > 0) await settleReady(ctx, desk, group);
  const waits = news
    .filter((leaf) => !due.includes(leaf))
    .map((leaf) => pace.lost_ms - leftFor(leaf));
  return away.length === leaves.length ? [...waits, pace.vacant_ms - vacant_for] : waits;
}

async function lose(ctx: Ctx, group: Group, leaves: readonly Leaf[]): Promise<void> {
  if (leaves.length === 0) return;
  const ids = leaves.map(({ id }) => id);
  await ctx.tx
    .updateTable('mls_leaf')
    .set({ lost_at: ctx.now })
    .where('mls_group', '=', group.id)
    .where('id', 'in', ids)
    .execute();
  await ctx.publish(keys, 'lost', group.account, { ids });
}

async function tendKnocks(
  ctx: Ctx,
  desk: Desk,
  waiting: readonly KnockRow[],
  group: Group | undefined,
): Promise<number[]> {
  const { sessions, pace, now_ms } = desk;
  const now = now_ms();
  const away = waiting.filter(({ room, leaf }) => !sessions.isHere(room, leaf));
  const leftFor = ({ room, leaf }: KnockRow): number => now - sessions.leftAt(room, leaf);
  const over = away.filter((row) => leftFor(row) >= pace.knock_kept_ms);
  await answerKnocks(ctx, desk, over, 'withdrawn', group);
  await unseat(ctx, desk, over);
  return away.filter((row) => !over.includes(row)).map((row) => pace.knock_kept_ms - leftFor(row));
}

/** Answers to knocks and ends of groups that everybody has had time to hear. */
async function forgetOld(ctx: Ctx, desk: Desk, room: string): Promise<number[]> {
  const { answer_kept_ms } = desk.pace;
  const before = new Date(ctx.now.getTime() - answer_kept_ms);
  const knocks = await ctx.tx
    .deleteFrom('mls_knock')
    .where('room', '=', room)
    .where('answered_at', '<=', before)
    .returning('account')
    .execute();
  const groups = await ctx.tx
    .deleteFrom('mls_group')
    .where('room', '=', room)
    .where('ended_at', '<=', before)
    .returning('account')
    .execute();
  const accounts = [...knocks, ...groups].map(({ account }) => account);
  if (accounts.length > 0) await ctx.tx.deleteFrom('account').where('id', 'in', accounts).execute();
  const ages = await Promise.all([
    ctx.tx
      .selectFrom('mls_knock')
      .select(({ fn }) => fn.min('answered_at').as('at'))
      .where('room', '=', room)
      .executeTakeFirst(),
    ctx.tx
      .selectFrom('mls_group')
      .select(({ fn }) => fn.min('ended_at').as('at'))
      .where('room', '=', room)
      .executeTakeFirst(),
  ]);
  return ages.flatMap((row) =>
    row?.at ? [row.at.getTime() + answer_kept_ms - ctx.now.getTime()] : [],
  );
}
