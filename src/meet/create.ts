import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import { openAccount } from '../app/events.ts';
import type { Ctx } from '../app/server.ts';
import { meet } from './contract.ts';
import { isWorth } from '../protocol/link/work.ts';
import { accountOf, grant_ms } from './meeting.ts';
import type { Price } from './price.ts';

type Calls = typeof meet.calls;

/** Base32 without 0, 1, l and o, which are mistaken for each other. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
const room_length = 26;

/** A fresh room id: 26 characters of 5 bits each from the CSPRNG, 130 bits. */
export function newRoomId(): string {
  return Array.from(randomBytes(room_length), (byte) => alphabet[byte & 31]).join('');
}

/** Signs room ids, so that reserving one costs no row: `expires_ms.bits.mac`. Known to this process. */
export class Grants {
  readonly #key = randomBytes(32);

  /** @param bits of work that go with it */
  issue(room: string, bits: number, now: Date): string {
    const terms = `${now.getTime() + grant_ms}.${bits}`;
    return `${terms}.${this.#mac(room, terms).toString('base64url')}`;
  }

  /** The bits of work that go with a grant that is good, or null. */
  verify(room: string, grant: string, now: Date): number | null {
    const [expires = '', bits = '', mac = ''] = grant.split('.');
    const given = Buffer.from(mac, 'base64url');
    const right = this.#mac(room, `${expires}.${bits}`);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    return Number(expires) > now.getTime() ? Number(bits) : null;
  }

  #mac(room: string, terms: string): Buffer {
    return createHmac('sha256', this.#key).update(`${room} ${terms}`).digest();
  }
}

/** What making meetings is governed by, in this process. */
export interface Making {
  readonly grants: Grants;
  readonly price: Price;
  readonly people_max: number;
}

/** Gives a room id. The browser needs it to derive the door from the link's secret. */
export async function reserve(
  ctx: Ctx,
  { grants, price }: Making,
): Promise<Output<Calls['reserve']>> {
  const room = newRoomId();
  const bits = price.bits(ctx.now.getTime());
  return { room, grant: grants.issue(room, bits, ctx.now), bits };
}

/**
 * Makes the meeting under a reserved id. Doing it again with the same values succeeds, so that a
 * browser whose answer was lost may simply repeat.
 * @throws CallerError `meet.bad-grant` when the id was not reserved, or too long ago; `meet.no-work`
 * without the work that goes with it; `meet.exists` when the id was used for another meeting.
 * LimitError `meet.too-many`.
 */
export async function create(
  ctx: Ctx,
  input: Input<Calls['create']>,
  making: Making,
): Promise<Output<Calls['create']>> {
  const { room, nonce = '' } = input;
  const bits = making.grants.verify(room, input.grant, ctx.now);
  if (bits === null) {
    throw new CallerError(
      'meet.bad-grant',
      'This room id is not reserved any more. Try again.',
      409,
    );
  }
  if (!(await isWorth(room, nonce, bits))) {
    throw new CallerError('meet.no-work', 'Making a meeting takes some work at the moment.', 403);
  }
  const root = Buffer.from(input.root, 'base64url');
  const door_hash = Buffer.from(input.door_hash, 'base64url');
  const old = await ctx.tx
    .selectFrom('meeting')
    .select(['root', 'door_hash'])
    .where('id', '=', room)
    .executeTakeFirst();
  if (old !== undefined) {
    if (old.root.equals(root) && old.door_hash.equals(door_hash)) return { room };
    throw new CallerError('meet.exists', 'This room id is already used.', 409);
  }
  making.price.count(ctx.now.getTime());
  const account = accountOf(room);
  const { people_max } = making;
  await openAccount(ctx.tx, account);
  await ctx.tx
    .insertInto('meeting')
    .values({
      id: room,
      account,
      root,
      link: 1,
      door_hash,
      people_max,
      created_at: ctx.now,
      vacant_since: ctx.now,
    })
    .execute();
  await ctx.publish(meet, 'created', account, { root: input.root, link: 1, people_max });
  return { room };
}
