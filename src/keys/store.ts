import { sql, type Selectable } from 'kysely';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import type { MlsEntryTable, MlsGroupTable, MlsKnockTable } from '../app/tables.ts';
import type { Entry, EntryKind, GroupState, Knock, Page } from './contract.ts';
import { page_bytes_max, page_entries_max, waiting_max } from './limits.ts';

export type Group = Selectable<MlsGroupTable>;
export type KnockRow = Selectable<MlsKnockTable>;

export const toText = (bytes: Buffer): string => bytes.toString('base64url');
export const toBytes = (text: string): Buffer => Buffer.from(text, 'base64url');

/** The live group of a room, whose row is locked until the transaction ends. */
export function lockLive(ctx: Ctx, room: string): Promise<Group | undefined> {
  return liveOf(ctx, room).forUpdate().executeTakeFirst();
}

/** The same without the lock, for who only reads. */
export function findLive(ctx: Ctx, room: string): Promise<Group | undefined> {
  return liveOf(ctx, room).executeTakeFirst();
}

function liveOf({ tx }: Ctx, room: string) {
  const query = tx.selectFrom('mls_group').selectAll();
  return query.where('room', '=', room).where('ended_at', 'is', null);
}

/**
 * The live group of a room, if it is the one the caller means. Whoever changes anything of a
 * group locks its row first: that is what puts commits, messages and voids in one order.
 * @throws CallerError `keys.no-group`
 */
export async function lockGroup(ctx: Ctx, room: string, group: string): Promise<Group> {
  const found = await lockLive(ctx, room);
  if (found?.id !== group) throw noGroup();
  return found;
}

/** As `lockGroup`, for who only reads. */
export async function findGroup(ctx: Ctx, room: string, group: string): Promise<Group> {
  const found = await findLive(ctx, room);
  if (found?.id !== group) throw noGroup();
  return found;
}

export function noGroup(): CallerError {
  return new CallerError('keys.no-group', 'This group has ended.', 410);
}

/** Writes back what a verb changed of a group's row. */
export async function saveGroup(ctx: Ctx, group: Group): Promise<void> {
  const { epoch, seq, ready_epoch, hosts, open, guests, stage, size_bytes } = group;
  await ctx.tx
    .updateTable('mls_group')
    .set({ epoch, seq, ready_epoch, hosts, open, guests, stage, size_bytes })
    .where('id', '=', group.id)
    .execute();
}

type EntryRow = Pick<Selectable<MlsEntryTable>, 'seq' | 'kind' | 'epoch' | 'msg' | 'of_seq'>;

function toEntry({ seq, kind, epoch, msg, of_seq }: EntryRow): Entry {
  return { seq, kind: kind as EntryKind, epoch, msg: toText(msg), of: of_seq };
}

/** Entries from `from` on, as many as one answer may carry and at least one. */
export async function readPage(ctx: Ctx, group: Group, from: number): Promise<Page> {
  const { rows } = await sql<EntryRow>`
    select seq, kind, epoch, msg, of_seq from (
      select *, sum(size_bytes) over (order by seq) - size_bytes as before
      from mls_entry where mls_group = ${group.id} and seq >= ${from}
      order by seq limit ${page_entries_max}) as entry
    where before < ${page_bytes_max} order by seq`.execute(ctx.tx);
  return { epoch: group.epoch, seq: group.seq, entries: rows.map(toEntry) };
}

export function toKnock(row: KnockRow): Knock {
  const { id, leaf, link, kp, name, mac, admit } = row;
  return {
    knock: id,
    id: leaf,
    link,
    kp: toText(kp),
    name: toText(name),
    mac: toText(mac),
    admit: admit === null ? null : toText(admit),
  };
}

/** The state as a newcomer is told it. */
export async function readState(ctx: Ctx, group: Group): Promise<GroupState> {
  const { id, room, epoch, seq, ready_epoch, ended_at } = group;
  const lost = await ctx.tx
    .selectFrom('mls_leaf')
    .select('id')
    .where('mls_group', '=', id)
    .where('lost_at', 'is not', null)
    .execute();
  const knocks = await ctx.tx
    .selectFrom('mls_knock')
    .selectAll()
    .where('room', '=', room)
    .where('answer', 'is', null)
    .where('released', '=', true)
    .orderBy('knocked_at')
    .orderBy('id')
    .limit(waiting_max)
    .execute();
  const ended = ended_at !== null;
  return {
    group: id,
    epoch,
    seq,
    ready: !ended && ready_epoch === epoch,
    lost: lost.map((leaf) => leaf.id).toSorted(),
    knocks: ended ? [] : knocks.map(toKnock),
    ended,
  };
}
