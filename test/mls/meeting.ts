/** For tests: a meeting whose members speak through a log that a test can read and bend. */
import assert from 'node:assert/strict';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { rootFingerprint } from '#src/protocol/link/fingerprint.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { openRoot } from '#src/protocol/link/root.ts';
import type { RootKey } from '#src/protocol/link/root.ts';
import { appoint } from '#src/protocol/encryption/appointment.ts';
import type { Appointment } from '#src/protocol/encryption/appointment.ts';
import { equal } from '#src/protocol/encryption/bytes.ts';
import type { Bytes } from '#src/protocol/encryption/bytes.ts';
import { generateLeafKey } from '#src/protocol/encryption/ed25519.ts';
import type { LeafKey, Signer } from '#src/protocol/encryption/ed25519.ts';
import { newPolicy } from '#src/protocol/encryption/policy.ts';
import type { Policy } from '#src/protocol/encryption/policy.ts';
import { Refusal } from '#src/protocol/encryption/refusal.ts';
import type { RefusalCode } from '#src/protocol/encryption/refusal.ts';
import { commit, settle } from '#src/protocol/mls/commit.ts';
import type { Intent, Pending } from '#src/protocol/mls/commit.ts';
import { create, newGroupId } from '#src/protocol/mls/create.ts';
import { exportKey, linkSecret, sealGroupInfo } from '#src/protocol/mls/group.ts';
import type { Group } from '#src/protocol/mls/group.ts';
import { join, resync } from '#src/protocol/mls/join.ts';
import type { Entrance } from '#src/protocol/mls/join.ts';
import { checkKnock, knock } from '#src/protocol/mls/knock.ts';
import type { Knocker } from '#src/protocol/mls/knock.ts';
import { newLeaf } from '#src/protocol/mls/leaf.ts';
import type { Leaf } from '#src/protocol/mls/leaf.ts';
import { receive } from '#src/protocol/mls/receive.ts';
import type { SuiteKind } from '#src/protocol/mls/suite.ts';

export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

export const room = 'k3m9q7t2w4x6y8a5b3c2d9e7f4';

/** Everything a link holder knows, and the root key that only the host has. */
export interface Place {
  readonly link: Link;
  readonly root: RootKey;
  readonly group: Bytes;
  readonly created: number;
}

export async function makePlace(given?: RootKey): Promise<Place> {
  const root = given ?? (await openRoot(random(32)));
  const fingerprint = await rootFingerprint(root.public_key);
  const link = { room, version: 1, secret: random(32), fingerprint };
  return { link, root, group: newGroupId(), created: Date.now() };
}

/** A leaf key's appointment in this meeting. */
export function appointIn(place: Place, by: Signer, key: LeafKey): Promise<Appointment> {
  const { group, created } = place;
  return appoint(by, key.public_key, { room, group, created });
}

export function basePolicy(place: Place): Policy {
  const { root, link, created } = place;
  return newPolicy(toBase64url(root.public_key), link.version, created);
}

export async function makeLeaf(key?: LeafKey, kind?: SuiteKind): Promise<Leaf> {
  return newLeaf(key ?? (await generateLeafKey()), Date.now(), kind);
}

/** A knock as the committer sees it. */
export async function knockAt(group: Group, leaf: Leaf, link: Link): Promise<Knocker> {
  const made = await knock(leaf, link, { name: 'Ada', note: '' });
  return checkKnock(group, made, Date.now());
}

export interface MeetingOptions {
  readonly policy?: (place: Place, first: LeafKey) => Promise<Policy>;
  readonly kind?: SuiteKind;
  readonly place?: Place;
}

/** A meeting that `first` has created. */
export async function openMeeting(first: string, options: MeetingOptions = {}): Promise<Meeting> {
  const place = options.place ?? (await makePlace());
  const leaf = await makeLeaf(undefined, options.kind);
  const policy = await (options.policy?.(place, leaf.key) ?? basePolicy(place));
  const group = await create(leaf, place.link, place.group, policy);
  return new Meeting(place, first, group, await sealGroupInfo(group), options.kind);
}

export class Meeting {
  readonly place: Place;
  /** By name; a test may put a group here that it made itself. */
  readonly members: Map<string, Group>;
  readonly #kind: SuiteKind | undefined;
  #info: Bytes;

  constructor(place: Place, first: string, group: Group, info: Bytes, kind?: SuiteKind) {
    this.place = place;
    this.members = new Map([[first, group]]);
    this.#info = info;
    this.#kind = kind;
  }

  of(name: string): Group {
    const group = this.members.get(name);
    assert.ok(group, `${name} is not in the meeting`);
    return group;
  }

  /** Of any member, for what all know. */
  some(): Group {
    const [group] = this.members.values();
    assert.ok(group, 'nobody is in the meeting');
    return group;
  }

  link(): Link {
    return {
      ...this.place.link,
      version: this.some().policy.link,
      secret: linkSecret(this.some()),
    };
  }

  entrance(info = this.#info): Entrance {
    const { id, epoch } = this.some();
    const now_ms = Date.now();
    return { link: this.link(), hosted: false, group: id, epoch, info, now_ms };
  }

  /** Everybody but its sender receives a pending commit; the removed are gone. */
  async deliver(pending: Pending, from: string): Promise<void> {
    this.#info = pending.info;
    await Promise.all(
      Array.from(this.members, async ([name, group]) => {
        if (name === from) return;
        const received = await receive(group, pending.message);
        if (received.kind === 'removed') this.members.delete(name);
        else this.members.set(name, received.group);
      }),
    );
    const settled = settle(pending, true);
    assert.ok(settled);
    this.members.set(from, settled);
  }

  /** What `name` commits, all others receive; the newcomers' leaves join under these names. */
  async commit(
    name: string,
    intent: Intent,
    joining: ReadonlyMap<string, Leaf> = new Map(),
  ): Promise<Pending> {
    const pending = await commit(this.of(name), intent);
    await this.deliver(pending, name);
    const entered = await Promise.all(
      Array.from(joining, async ([newcomer, leaf]) => {
        const part = pending.welcomes.find(({ reference }) => equal(reference, leaf.reference));
        assert.ok(part);
        return [newcomer, await join(leaf, part.welcome, this.entrance())] as const;
      }),
    );
    for (const [newcomer, group] of entered) this.members.set(newcomer, group);
    return pending;
  }

  /** Newcomers knock and are added by `by`; of one suite, or each of its own. */
  async add(
    by: string,
    names: readonly string[],
    intent: Intent = {},
    kinds: readonly (SuiteKind | undefined)[] = [],
  ): Promise<Pending> {
    const leaves = await Promise.all(
      names.map((_, at) => makeLeaf(undefined, kinds[at] ?? this.#kind)),
    );
    const link = this.link();
    const add = await Promise.all(leaves.map((leaf) => knockAt(this.of(by), leaf, link)));
    const joining = new Map(leaves.map((leaf, at) => [names[at] ?? '', leaf]));
    return this.commit(by, { ...intent, add }, joining);
  }

  async remove(by: string, names: readonly string[], intent: Intent = {}): Promise<Pending> {
    const remove = names.map((name) => this.of(name).leaf);
    const pending = await this.commit(by, { ...intent, remove });
    for (const name of names) assert.ok(!this.members.has(name));
    return pending;
  }

  /** A member loses its state and takes its seat again. */
  async comeBack(name: string): Promise<Pending> {
    const former = this.of(name);
    const leaf = await makeLeaf(former.key, this.#kind);
    const pending = await resync(leaf, this.entrance(), { epoch: former.epoch });
    this.members.delete(name);
    await this.deliver(pending, name);
    return pending;
  }

  /** All members agree on the exporter of the epoch, which is returned. */
  async agree(): Promise<string> {
    const keys = await Promise.all(
      Array.from(this.members.values(), (group) => exportKey(group, 'test', new Uint8Array())),
    );
    const [first, ...others] = new Set(keys.map(toBase64url));
    assert.ok(first !== undefined && others.length === 0, 'members have different keys');
    return first;
  }
}

/** The act is refused with this code. */
export async function refuses(act: () => unknown, ...codes: RefusalCode[]): Promise<void> {
  await assert.rejects(
    async () => act(),
    (error) => {
      assert.ok(error instanceof Refusal, String(error));
      assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
      return true;
    },
  );
}
