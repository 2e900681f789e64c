import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { checkChain } from '../protocol/encryption/appointment.ts';
import { checkProof } from '../protocol/encryption/connection.ts';
import { identityOf } from '../protocol/encryption/kdf.ts';
import { Refusal } from '../protocol/encryption/refusal.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { isFormerDoor } from './former-door.ts';
import { accountOf } from './group.ts';
import { isLeaf } from './leaf.ts';
import { mintTicket } from './places.ts';
import { lineOf, type Greeting, type Session } from './session.ts';
import { findLeaf } from './standing.ts';
import { lockLive, toBytes, toText, type Group } from './store.ts';

type Calls = typeof keys.calls;

/** The nonce to prove keys with, and the root key to compare with the link's fingerprint. */
export async function hello(
  ctx: Ctx,
  { room, door }: Input<Calls['hello']>,
  desk: Desk,
): Promise<Output<Calls['hello']>> {
  const { sessions } = desk;
  const line = lineOf(ctx);
  if (door === null) return { nonce: sessions.greet(line, room, { shown: undefined }), root: null };
  const shown = await enter(ctx, desk, room, door);
  return { nonce: sessions.greet(line, room, { shown }), root: shown.root };
}

async function enter(
  ctx: Ctx,
  { meetings }: Desk,
  room: string,
  door: string,
): Promise<NonNullable<Greeting['shown']>> {
  try {
    const { root, link } = await meetings.enter(ctx, room, door);
    return { root: toText(root), link, former: false };
  } catch (cause) {
    if (!(cause instanceof CallerError) || cause.code !== 'meet.no-meeting') throw cause;
    const meeting = await meetings.find(ctx, room);
    if (!meeting || !(await isFormerDoor(ctx, room, door, meeting.link))) throw cause;
    return { root: toText(meeting.root), link: meeting.link - 1, former: true };
  }
}

/**
 * Takes the proof that this connection holds a key (encryption design, section 3).
 * @throws CallerError `keys.no-hello`, `keys.bad-proof`, `keys.no-meeting`, `keys.bad-chain`
 */
export async function prove(
  ctx: Ctx,
  input: Input<Calls['prove']>,
  desk: Desk,
): Promise<Output<Calls['prove']>> {
  const { room, key, sig, chain, created = 0 } = input;
  const line = lineOf(ctx);
  const { nonce, greeting } = desk.sessions.greeting(line, room);
  const bytes = plain(key);
  if (!(await checkProof(bytes, plain(nonce), room, plain(sig))))
    throw new CallerError('keys.bad-proof', 'The signature does not fit this connection.', 403);
  const { root, link, former } = greeting.shown ?? (await findUnshown(ctx, desk, room, key));
  const id = await identityOf(bytes);
  // To anybody but a leaf a door that was replaced is a wrong one.
  if (former && !(await isLeaf(ctx.tx, room, id)))
    throw new CallerError('meet.no-meeting', 'There is no open meeting here.', 404);
  const facts = { room, key, id, root: key === root, link };
  // First in memory, then in the database: who marks leaves lost asks in the other order.
  const session = desk.sessions.open(line, facts);
  const group = await lockLive(ctx, room);
  if (chain) session.appointed = await follow(chain, { root, key, room, created, group });
  const leaf = group !== undefined && (await comeBack(ctx, group, session));
  return {
    pass: session.pass,
    id,
    link,
    group: group ? { group: group.id, epoch: group.epoch, leaf } : null,
    media: group?.open && !leaf ? await mintTicket(ctx, desk, group, id) : null,
  };
}

/** Bytes as WebCrypto takes them: in a buffer of their own. */
function plain(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(toBytes(text));
}

/** Without a door: for the root key only. An absent room and a wrong key are one case. */
async function findUnshown(
  ctx: Ctx,
  desk: Desk,
  room: string,
  key: string,
): Promise<NonNullable<Greeting['shown']>> {
  const meeting = await desk.meetings.find(ctx, room);
  if (!meeting || toText(meeting.root) !== key) throw noMeeting();
  return { root: key, link: meeting.link, former: false };
}

export function noMeeting(): CallerError {
  return new CallerError('keys.no-meeting', 'There is no open meeting here.', 404);
}

type Chain = NonNullable<Input<Calls['prove']>['chain']>;
type Place = {
  root: string;
  key: string;
  room: string;
  created: number;
  group?: Group | undefined;
};

async function follow(
  chain: Chain,
  { root, key, room, created, group }: Place,
): Promise<{ group: string; by_root: boolean }> {
  if (!group) throw new CallerError('keys.no-group', 'There is no group to be a host of.', 410);
  const occurrence = { room, group: plain(group.id), created };
  try {
    await checkChain(root, key, chain, occurrence);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new CallerError('keys.bad-chain', `Not a host of this meeting (${cause.code}).`, 403);
  }
  return { group: group.id, by_root: chain[0]?.by === root };
}

/** A leaf that was lost is found again. Returns whether the key is a leaf. */
async function comeBack(ctx: Ctx, group: Group, session: Session): Promise<boolean> {
  const leaf = await findLeaf(ctx, group.id, session.id);
  if (!leaf) return false;
  ctx.after(() => void (session.member = group.id));
  if (leaf.lost_at === null) return true;
  await ctx.tx
    .updateTable('mls_leaf')
    .set({ lost_at: null })
    .where('mls_group', '=', group.id)
    .where('id', '=', session.id)
    .execute();
  await ctx.publish(keys, 'found', accountOf(group.id), { ids: [session.id] });
  return true;
}
