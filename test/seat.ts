/** For tests of the media alone: a media token for an identity that no member gave a seat. */
import { randomBytes } from 'node:crypto';
import type { House } from '#src/main.ts';

/** As if the group of `room` had a leaf of that identity: the media door asks for one. */
export async function mintSeat(
  { database, media }: House,
  room: string,
  identity: string,
): Promise<string> {
  const mls_group = await openGroup(database, room);
  const leaf = { mls_group, id: identity, joined_epoch: 0, named: false, adrift: false };
  const insert = database.insertInto('mls_leaf').values(leaf);
  await insert.onConflict((conflict) => conflict.doNothing()).execute();
  return media.mint({ room, identity, name: '', ttl_s: 600 });
}

/** The room's live group, begun where there is none; several may do so at once. */
async function openGroup(database: House['database'], room: string): Promise<string> {
  const id = randomBytes(16).toString('base64url');
  const account = `keys:${id}`;
  await database.insertInto('account').values({ id: account }).execute();
  const none = {
    epoch: 0,
    seq: 0,
    ready_epoch: -1,
    hosts: [],
    guests: ['mic', 'cam', 'share'],
    stage: [],
    open: false,
    size_bytes: 0,
  };
  const row = { id, room, account, created_at: new Date(), ...none };
  const insert = database.insertInto('mls_group').values(row);
  await insert.onConflict((conflict) => conflict.doNothing()).execute();
  const live = database.selectFrom('mls_group').select('id').where('room', '=', room);
  return (await live.where('ended_at', 'is', null).executeTakeFirstOrThrow()).id;
}
