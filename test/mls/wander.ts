/**
 * For tests: a random walk of lawful operations. Every join must succeed, all members must agree on
 * the epoch's keys, and no two epochs may share them: who left has other keys than who stayed.
 */
import assert from 'node:assert/strict';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { admit } from '#src/protocol/encryption/admit.ts';
import { utf8 } from '#src/protocol/encryption/bytes.ts';
import { generateLeafKey } from '#src/protocol/encryption/ed25519.ts';
import type { Policy } from '#src/protocol/encryption/policy.ts';
import { sendApp } from '#src/protocol/mls/app.ts';
import { commit, settle } from '#src/protocol/mls/commit.ts';
import { exportKey, leaveGroup, retire } from '#src/protocol/mls/group.ts';
import type { Group } from '#src/protocol/mls/group.ts';
import { receive } from '#src/protocol/mls/receive.ts';
import { appointIn, basePolicy, knockAt, makeLeaf, openMeeting } from './meeting.ts';
import type { Meeting } from './meeting.ts';

export interface Walk {
  readonly steps: number;
  /** Who is there before the first step; the host is one of them. */
  readonly people: number;
  readonly people_max: number;
  /** A number from 0 up to and without 1. */
  readonly chance: () => number;
}

export interface Walked {
  readonly joins: number;
  readonly removes: number;
  readonly returns: number;
  readonly policies: number;
  readonly links: number;
  readonly races: number;
  readonly messages: number;
  readonly people: number;
}

type Count = { -readonly [Key in keyof Walked]: number };

interface Wanderer {
  readonly meeting: Meeting;
  readonly walk: Walk;
  readonly count: Count;
  next_name: number;
}

/** Numbers from 0 up to and without 1, the same for the same seed (Mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Walks, and says what was done. Throws where something lawful was refused. */
export async function wander(walk: Walk): Promise<Walked> {
  const meeting = await openMeeting('host', {
    policy: async (place, first) => ({
      ...basePolicy(place),
      hosts: [await appointIn(place, place.root, first)],
    }),
  });
  const count = { joins: 0, removes: 0, returns: 0, policies: 0 };
  const more = { links: 0, races: 0, messages: 0, people: 1 };
  const wanderer = { meeting, walk, count: { ...count, ...more }, next_name: 0 };
  await meeting.add('host', newNames(wanderer, walk.people - 1));
  const seen = new Set<string>();
  for (let step = 0; step < walk.steps; step += 1) {
    const before = new Map(meeting.members);
    await takeStep(wanderer);
    await checkStep(wanderer, before, seen);
  }
  return wanderer.count;
}

/** After each step: one key for all, new in every epoch, and none of it with who left. */
async function checkStep(
  { meeting, count }: Wanderer,
  before: ReadonlyMap<string, Group>,
  seen: Set<string>,
): Promise<void> {
  const key = await meeting.agree();
  count.people = Math.max(count.people, meeting.members.size);
  if (meeting.some().epoch === before.get('host')?.epoch) return;
  assert.ok(!seen.has(key), 'a key of an epoch before');
  seen.add(key);
  for (const [name, old] of before) {
    assert.notEqual(toBase64url(await exportKey(old, 'test', new Uint8Array())), key);
    const now = meeting.members.get(name);
    // The commit is final here, so the epoch before it is over for good.
    if (now) retire(old, now);
  }
}

async function takeStep(wanderer: Wanderer): Promise<void> {
  const { meeting, walk } = wanderer;
  const room_left = walk.people_max - meeting.members.size;
  const steps = [
    ...(room_left > 0 ? [add, add, add] : []),
    ...(meeting.members.size > 2 ? [remove, comeBack, race] : []),
    ...(meeting.members.size > 2 && room_left > 0 ? [replace] : []),
    refresh,
    refresh,
    talk,
    changePolicy,
  ];
  await pick(walk, steps)(wanderer);
}

function pick<Item>(walk: Walk, items: readonly Item[]): Item {
  const item = items[Math.floor(walk.chance() * items.length)];
  assert.ok(item !== undefined);
  return item;
}

const someName = ({ meeting, walk }: Wanderer): string => pick(walk, [...meeting.members.keys()]);

function newNames(wanderer: Wanderer, count: number): string[] {
  return Array.from({ length: count }, () => {
    wanderer.next_name += 1;
    return `p${String(wanderer.next_name)}`;
  });
}

/** A guest lets in by a host's consent, a host by itself, anybody where the gate is open. */
async function add(wanderer: Wanderer, seats: readonly number[] = [], by = someName(wanderer)) {
  const { meeting, walk, count } = wanderer;
  const room_left = Math.max(1, walk.people_max - meeting.members.size);
  const names = newNames(wanderer, 1 + Math.floor(walk.chance() * Math.min(4, room_left)));
  const leaves = await Promise.all(
    names.map(async () => makeLeaf(await generateLeafKey(), pick(walk, ['web', 'soft'] as const))),
  );
  const committer = meeting.of(by);
  const link = meeting.link();
  const knockers = await Promise.all(leaves.map((leaf) => knockAt(committer, leaf, link)));
  const host = meeting.of('host');
  const free = committer.policy.gate === 'open' || by === 'host';
  const admits = free
    ? []
    : await Promise.all(
        leaves.map(({ key }) => admit(host.key, key.public_key, host.id, host.epoch)),
      );
  const joining = new Map(leaves.map((leaf, at) => [names[at] ?? '', leaf]));
  const consents = { admits, leaves: [] };
  await meeting.commit(by, { add: knockers, remove: seats, consents }, joining);
  count.joins += names.length;
}

/** Guests by anybody, the host never: it holds the root. */
function someToRemove(wanderer: Wanderer): { by: string; names: string[] } {
  const { meeting, walk } = wanderer;
  const by = someName(wanderer);
  const others = [...meeting.members.keys()].filter((name) => name !== by && name !== 'host');
  const first = pick(walk, others);
  const also = others.filter((name) => name !== first && walk.chance() < 0.15);
  return { by, names: [first, ...also] };
}

async function remove(wanderer: Wanderer): Promise<void> {
  const { meeting, count, walk } = wanderer;
  const { by, names } = someToRemove(wanderer);
  const wanting = names.filter(() => walk.chance() < 0.3);
  const leaves = await Promise.all(wanting.map((name) => leaveGroup(meeting.of(name))));
  await meeting.remove(by, names, { consents: { admits: [], leaves } });
  count.removes += names.length;
}

async function replace(wanderer: Wanderer): Promise<void> {
  const { by, names } = someToRemove(wanderer);
  const seats = names.map((name) => wanderer.meeting.of(name).leaf);
  await add(wanderer, seats, by);
  for (const name of names) assert.ok(!wanderer.meeting.members.has(name));
  wanderer.count.removes += names.length;
}

async function comeBack(wanderer: Wanderer): Promise<void> {
  await wanderer.meeting.comeBack(someName(wanderer));
  wanderer.count.returns += 1;
}

async function refresh(wanderer: Wanderer): Promise<void> {
  await wanderer.meeting.commit(someName(wanderer), {});
}

/** Two commit at once; the loser takes the winner's and makes its own anew. */
async function race(wanderer: Wanderer): Promise<void> {
  const { meeting, walk, count } = wanderer;
  const winner = someName(wanderer);
  const loser = pick(
    walk,
    [...meeting.members.keys()].filter((name) => name !== winner),
  );
  const lost = await commit(meeting.of(loser), {});
  await meeting.commit(winner, {});
  settle(lost, false);
  await meeting.commit(loser, {});
  count.races += 1;
}

async function talk(wanderer: Wanderer): Promise<void> {
  const { meeting, count } = wanderer;
  const from = someName(wanderer);
  const sent = await sendApp(meeting.of(from), utf8(`hello from ${from}`));
  meeting.members.set(from, sent.group);
  await Promise.all(
    Array.from(meeting.members, async ([name, group]) => {
      if (name === from) return;
      const received = await receive(group, sent.message);
      assert.ok(received.kind === 'app' && received.by.leaf === sent.group.leaf);
      meeting.members.set(name, received.group);
    }),
  );
  count.messages += 1;
}

/** The host opens or closes the gate; at times it changes the link and puts somebody out. */
async function changePolicy(wanderer: Wanderer): Promise<void> {
  const { meeting, walk, count } = wanderer;
  const { policy } = meeting.of('host');
  const gate = pick(walk, ['open', 'lobby', 'locked'] as const);
  const relink = walk.chance() < 0.5;
  const next: Policy = { ...policy, gate, link: policy.link + (relink ? 1 : 0) };
  const guests = [...meeting.members.keys()].filter((name) => name !== 'host');
  if (relink && guests.length > 1) {
    const name = pick(walk, guests);
    await meeting.remove('host', [name], { policy: next });
    count.removes += 1;
  } else {
    await meeting.commit('host', { policy: next });
  }
  count.policies += 1;
  if (relink) count.links += 1;
}
