/**
 * What a host has others do without a new policy: go quiet, lower their hands, stand in the light,
 * go into rooms of their own and come back.
 * It is said in the group, so that each client obeys by itself; what is to be quiet the media engine
 * mutes as well, for who does not obey. A server that lies about it gains nothing by it.
 */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { isHost } from '../../../protocol/encryption/policy.ts';
import { must } from '../../../protocol/encryption/refusal.ts';
import type { BreakoutsAct, HostAct } from './hosting.ts';
import type { Line } from './line.ts';
import { mayOrder } from './said.ts';
import { sends } from '../../../protocol/encryption/rights.ts';
import { encodeMessage } from './saying.ts';
import type { Heard, Order } from './saying.ts';
import { keepStanding } from './standing.ts';
import type { Stay } from './stay.ts';

const orders = ['quiet', 'lower', 'spotlight', 'rename', 'agenda', 'turn', 'recall'];

export function isOrder(act: HostAct | Heard): act is Order {
  return orders.includes(act.kind);
}

/**
 * Does what a host may do, in the way it is done.
 * @throws Refusal `commit.*`, `policy.*`, `json.*`; Refused
 */
export function actAsHost(stay: Stay, line: Line, act: HostAct): Promise<void> {
  if (isOrder(act)) return giveOrder(stay, line, act);
  if (act.kind === 'breakouts') return tellBreakouts(stay, act);
  return act.kind === 'panic' ? panic(stay, line) : stay.host(act);
}

/** @throws Refusal `commit.policy` */
function mustHost({ following: { group } }: Stay): void {
  const own = toBase64url(group.key.public_key);
  must(isHost(group.policy, own), 'commit.policy', 'only a host may');
}

/** @throws Refusal `commit.policy` where one is no host; `json.*`; Refused */
async function giveOrder(stay: Stay, line: Line, order: Order): Promise<void> {
  mustHost(stay);
  if ('ids' in order && order.ids.length === 0) return;
  await Promise.all([stay.send(order), askEngine(stay, line, order)]);
}

/** @throws Refusal `commit.policy` where one is no host; `json.*`; Refused */
async function tellBreakouts(stay: Stay, { breakouts, to }: BreakoutsAct): Promise<void> {
  mustHost(stay);
  const { sealBreakouts } = await import('./breakouts.ts');
  await stay.post(async () => {
    const seats = stay.seats.filter(({ identity }) => to === null || to.includes(identity));
    const list = await sealBreakouts(stay.following.group, seats, breakouts);
    return encodeMessage({ kind: 'rooms', list });
  });
}

async function askEngine({ following }: Stay, line: Line, order: Order): Promise<void> {
  if (order.kind !== 'quiet') return;
  await keepStanding(line, following.group);
  const { ids, what } = order;
  await line.call('quiet', { group: following.id, ids: [...ids], sends: [...what] });
}

/**
 * All that others send stops, nobody new comes in, and guests may do nothing until a host lets them.
 * @throws as `giveOrder` and `Stay.host`
 */
async function panic(stay: Stay, line: Line): Promise<void> {
  const { group } = stay.following;
  const own = toBase64url(group.key.public_key);
  const others = stay.seats.filter(({ key }) => key !== own && mayOrder(group.policy, own, key));
  const ids = others.map(({ identity }) => identity);
  await Promise.all([
    giveOrder(stay, line, { kind: 'quiet', ids, what: sends }),
    stay.host({ kind: 'panic' }),
  ]);
}
