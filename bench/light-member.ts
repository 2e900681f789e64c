/**
 * A member as the delivery service sees it: it knocks with a real KeyPackage, takes its Welcome and
 * says that it is ready, but computes nothing of the group. A hundred of them fit into one process,
 * where real ones would wait for each other's computing, which people's browsers do not.
 */
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { deriveDoor } from '#src/protocol/link/door.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { generateLeafKey } from '#src/protocol/encryption/ed25519.ts';
import { identityOf } from '#src/protocol/encryption/kdf.ts';
import { knock } from '#src/protocol/mls/knock.ts';
import { newLeaf } from '#src/protocol/mls/leaf.ts';
import { wall_clock } from '#src/meet/web/group/clock.ts';
import type { Entry } from '#src/meet/web/group/delivery.ts';
import { hearAnswer } from '#src/meet/web/group/entering.ts';
import { Line, openDoors } from '#src/meet/web/group/line.ts';

export interface LightMember {
  readonly id: string;
  /** It says `ready` so long after it hears of a new epoch: as long as a real one computes. */
  answer_ms: number;
  leave(): void;
}

export interface LightSeat {
  readonly origin: string;
  readonly meeting: Link;
  readonly name: string;
}

/** Resolves once the member has its Welcome. */
export async function openLight({ origin, meeting, name }: LightSeat): Promise<LightMember> {
  const life = new AbortController();
  const { signal } = life;
  const { room, secret, fingerprint } = meeting;
  const key = await generateLeafKey();
  const door = toBase64url(await deriveDoor(secret, room));
  const doors = openDoors(origin, signal);
  const line = new Line({ doors, room, door, fingerprint, key, clock: wall_clock, signal });
  await line.prove();
  const asked = await knock(await newLeaf(key, Date.now()), meeting, { name, note: '' });
  const member = {
    id: await identityOf(key.public_key),
    answer_ms: 0,
    leave: () => life.abort(),
  };
  const { number, answer } = await hearAnswer({ line, onTicket: () => undefined }, asked, signal);
  if (answer !== 'welcomed') throw new Error(`the answer to a knock was ${answer}`);
  const { group, epoch } = await line.call('welcome', { knock: number });
  const ready = (of: number): void => {
    line.call('ready', { group, epoch: of }).catch(() => undefined);
  };
  ready(epoch);
  line.watch(group, {
    signal,
    onState: (state) => ready(state.epoch),
    onEvent: ({ event, data }) => {
      const { kind, epoch: closed } = data as Entry;
      if (event !== 'keys.appended' || (kind !== 'commit' && kind !== 'resync')) return;
      setTimeout(() => ready(closed + 1), member.answer_ms);
    },
    onRefused: () => undefined,
  });
  return member;
}
