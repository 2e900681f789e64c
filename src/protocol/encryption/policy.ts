/**
 * The policy of a meeting: what every member judges commits by (encryption design, section 4). It is
 * the GroupContext extension 0xF0C1, so all members hold the same bytes.
 */
import { checkAppointments, readAppointment } from './appointment.ts';
import type { Appointment, Occurrence } from './appointment.ts';
import type { Bytes } from './bytes.ts';
import { identityOf } from './kdf.ts';
import { bytesOf, decodeJson, encodeJson } from './json.ts';
import { readBytes, readFields, readList, readWhole } from './json.ts';
import { Refusal, must } from './refusal.ts';
import { guest_rights, modes, type GuestRight, type Mode } from './rights.ts';

/** The number of the GroupContext extension. */
export const policy_extension = 0xf0c1;

const policy_bytes_max = 8192;
export const hosts_max = 16;
const past_max = 8;
export const banned_max = 96;
const flags_max = 16;
export const stage_max = 64;
const link_max = 1_000_000;

export const gates = ['open', 'lobby', 'locked'] as const;
export type Gate = (typeof gates)[number];

/** Keys and proofs in base64url, as they stand in the JSON. */
export interface Policy {
  readonly v: 1;
  /** The meeting's root key; the link carries its fingerprint. */
  readonly root: string;
  readonly gate: Gate;
  readonly hosts: readonly Appointment[];
  /** Who stepped down in peace: no host any more, still a link of the chain. */
  readonly past: readonly Appointment[];
  /** Version of the link. */
  readonly link: number;
  readonly guests: readonly GuestRight[];
  /** Signature keys of leaves that are no person. */
  readonly flags: {
    readonly recorder: readonly string[];
    readonly phoneBridge: readonly string[];
  };
  /** Identities (`identityOf`) of keys that may not come back. */
  readonly banned: readonly string[];
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Absent: a meeting. */
  readonly mode?: Exclude<Mode, 'meeting'>;
  /** Of an event, and of nothing else: identities of guests who may send as hosts may. */
  readonly stage?: readonly string[];
}

const policy_keys = [
  'v',
  'root',
  'gate',
  'hosts',
  'past',
  'link',
  'guests',
  'flags',
  'banned',
  'created',
] as const;
const mode_keys = ['mode', 'stage'] as const;

/** The policy of a meeting that has no host yet: open, every guest may do everything. */
export function newPolicy(root: string, link: number, created: number): Policy {
  return {
    v: 1,
    root,
    gate: 'open',
    hosts: [],
    past: [],
    link,
    guests: [...guest_rights],
    flags: { recorder: [], phoneBridge: [] },
    banned: [],
    created,
  };
}

/** Canonical bytes, at most 8 kB. Throws `json.*`, `policy.gate`, `policy.banned`. */
export function encodePolicy(policy: Policy): Bytes {
  const bytes = encodeJson(policy, policy_bytes_max);
  decodePolicy(bytes);
  return bytes;
}

/**
 * The policy of an extension: shape and values, not yet the proofs (`checkPolicy`). Throws
 * `json.*`, `policy.twice`, `policy.gate`.
 */
export function decodePolicy(bytes: Uint8Array): Policy {
  const read = decodeJson(bytes, policy_bytes_max);
  const fields = readFields(read, [...policy_keys, ...keysOfMode(read)]);
  must(fields.v === 1, 'json.value', 'not a policy of version 1');
  const flags = readFields(fields.flags, ['recorder', 'phoneBridge']);
  const readKey = (value: unknown): string => readBytes(value, 32);
  const policy: Policy = {
    v: 1,
    root: readKey(fields.root),
    gate: readOne(gates, fields.gate),
    hosts: readList(fields.hosts, hosts_max, readAppointment),
    past: readList(fields.past, past_max, readAppointment),
    link: readWhole(fields.link, 1),
    guests: readList(fields.guests, guest_rights.length, (value) => readOne(guest_rights, value)),
    flags: {
      recorder: readList(flags.recorder, flags_max, readKey),
      phoneBridge: readList(flags.phoneBridge, flags_max, readKey),
    },
    banned: readList(fields.banned, banned_max, readIdentity),
    created: readWhole(fields.created, 0),
    ...readMode(fields),
  };
  must(policy.link <= link_max, 'json.value', 'a link version beyond what a link can carry');
  const { recorder, phoneBridge } = policy.flags;
  for (const list of [recorder, phoneBridge, policy.banned]) {
    must(new Set(list).size === list.length, 'policy.twice', 'something is listed twice');
  }
  const places = policy.guests.map((right) => guest_rights.indexOf(right));
  must(
    places.every((place, at) => at === 0 || place > (places[at - 1] ?? place)),
    'json.value',
    'rights of guests out of order',
  );
  must(policy.hosts.length > 0 || policy.gate === 'open', 'policy.gate', 'a gate without a host');
  return policy;
}

/** A meeting's policy has neither, a class's its mode, an event's both: one spelling of each. */
function keysOfMode(value: unknown): (typeof mode_keys)[number][] {
  if (typeof value !== 'object' || value === null || !('mode' in value)) return [];
  return value.mode === 'event' ? ['mode', 'stage'] : ['mode'];
}

function readMode(fields: Readonly<Record<string, unknown>>): Pick<Policy, 'mode' | 'stage'> {
  const mode = fields['mode'] === undefined ? 'meeting' : readOne(modes, fields['mode']);
  if (mode === 'meeting') {
    must(fields['mode'] === undefined, 'json.canonical', 'a meeting says nothing of its mode');
    return {};
  }
  if (mode === 'class') return { mode };
  const stage = readList(fields['stage'], stage_max, readIdentity);
  must(new Set(stage).size === stage.length, 'policy.twice', 'somebody is on the stage twice');
  return { mode, stage };
}

export function modeOf({ mode }: Policy): Mode {
  return mode ?? 'meeting';
}

/** The policy as one of another mode, with nobody on its stage; whoever may do what stays. */
export function withMode({ mode: _mode, stage: _stage, ...policy }: Policy, mode: Mode): Policy {
  if (mode === 'meeting') return policy;
  return mode === 'class' ? { ...policy, mode } : { ...policy, mode, stage: [] };
}

/** Every proof of a policy, and no host banned. Throws `policy.*`. */
export async function checkPolicy(
  policy: Policy,
  place: Omit<Occurrence, 'created'>,
): Promise<void> {
  const occurrence = { ...place, created: policy.created };
  await checkAppointments(policy.root, policy.hosts, policy.past, occurrence);
  for (const { key } of policy.hosts) {
    must(!(await isBanned(policy, key)), 'policy.banned', 'a host is banned');
  }
}

export type Role = 'root host' | 'co-host' | 'guest';

/** What the policy makes of a signature key (base64url). */
export function roleOf(policy: Policy, key: string): Role {
  const entry = policy.hosts.find((host) => host.key === key);
  if (!entry) return 'guest';
  return entry.by === policy.root ? 'root host' : 'co-host';
}

/**
 * How `key` leads to the root: its own entry first, then each appointer's. Empty where it is no
 * host. What a host shows the server, which does not see the policy.
 */
export function chainOf(policy: Policy, key: string): Appointment[] {
  const chain: Appointment[] = [];
  let at = policy.hosts.find((host) => host.key === key);
  const all = [...policy.hosts, ...policy.past];
  while (at !== undefined && !chain.includes(at)) {
    chain.push(at);
    const { by } = at;
    at = all.find((entry) => entry.key === by);
  }
  return chain;
}

export function isHost(policy: Policy, key: string): boolean {
  return roleOf(policy, key) !== 'guest';
}

/** Whether the policy bans a signature key (base64url). */
export async function isBanned(policy: Policy, key: string): Promise<boolean> {
  return policy.banned.length > 0 && policy.banned.includes(await identityOf(bytesOf(key)));
}

/** The entries that only root hosts may touch, as one text to compare. */
export function rootEntries(policy: Policy): string {
  const own = ({ by }: Appointment): boolean => by === policy.root;
  return JSON.stringify([policy.hosts.filter(own), policy.past.filter(own)]);
}

function readOne<Choice extends string>(choices: readonly Choice[], value: unknown): Choice {
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw new Refusal('json.value', `not one of ${choices.join()}`);
  return choice;
}

function readIdentity(value: unknown): string {
  must(typeof value === 'string' && /^[\w-]{22}$/.test(value), 'json.value', 'not an identity');
  return value;
}
