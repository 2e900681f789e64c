/** One member's view of a group in one epoch, and what can be read from it. */
import { createGroupInfoWithExternalPub, mlsExporter } from 'ts-mls';
import type { ClientConfig, ClientState, PskIndex } from 'ts-mls';
import { defaultClientConfig } from 'ts-mls/clientConfig.js';
import { toBase64url } from '../link/base64url.ts';
import { equal, own, wipe } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import type { BeatPlace } from '../encryption/beat.ts';
import type { LeafKey } from '../encryption/ed25519.ts';
import { sealInfo } from '../encryption/info.ts';
import { derivePsk, exporter_labels, identityOf, linkContext } from '../encryption/kdf.ts';
import { mediaContext, pskName, rankValue } from '../encryption/kdf.ts';
import { leave } from '../encryption/leave.ts';
import type { Leave } from '../encryption/leave.ts';
import { decodePolicy, policy_extension, roleOf } from '../encryption/policy.ts';
import type { Policy, Role } from '../encryption/policy.ts';
import { must } from '../encryption/refusal.ts';
import { formatCode } from '../encryption/verification.ts';
import type { Suite } from './suite.ts';
import { leafAt, leavesOf } from './tree.ts';
import { encodeInfo, encodeTree } from './wire.ts';

/**
 * A value: nothing changes it, every step gives a new one, and what was refused gives none. One
 * queue per meeting: two steps from one value would use the same keys of its ratchets.
 */
export interface Group {
  readonly room: string;
  /** 16 bytes. */
  readonly id: Bytes;
  readonly epoch: bigint;
  /** One's own leaf. */
  readonly leaf: number;
  readonly key: LeafKey;
  readonly policy: Policy;
  /** The link secrets this member knows, by version; the policy's is among them. */
  readonly links: ReadonlyMap<number, Bytes>;
  /** For this folder only. */
  readonly state: ClientState;
  readonly suite: Suite;
}

/** What stays the same when an epoch follows another. */
export type Standing = Pick<Group, 'room' | 'key' | 'links' | 'suite'>;

export interface Member {
  readonly leaf: number;
  /** Its signature key, base64url. */
  readonly key: string;
}

export interface Seat extends Member {
  /** Its name at the media engine. */
  readonly identity: string;
  readonly role: Role;
  readonly flag: 'recorder' | 'phone' | null;
}

/** States whose secrets are gone, or which have sent: using one again would reuse keys. */
const retired = new WeakSet();

export const client_config: ClientConfig = {
  ...defaultClientConfig,
  // The log is in order, so keys that were skipped will not be asked for.
  keyRetentionConfig: { ...defaultClientConfig.keyRetentionConfig, retainKeysForGenerations: 0 },
  authService: {
    async validateCredential(credential, key) {
      const basic = credential.credentialType === 'basic';
      return Promise.resolve(basic && key.length === 32 && equal(credential.identity, key));
    },
  },
};

/** Throws where a state is used whose time is over: a mistake of the caller, not of a peer. */
export function live(group: Group): Group {
  if (retired.has(group.state) || retired.has(group.state.keySchedule)) {
    throw new Error('This state of the group is over.');
  }
  return group;
}

/**
 * The view of a state that was checked. `ts-mls` keeps the keys of old epochs whatever its settings
 * say, and they are dropped here; so are private keys of nodes that are blank.
 */
export async function viewState(standing: Standing, state: ClientState): Promise<Group> {
  const { groupContext, ratchetTree, privatePath } = state;
  const leaf = privatePath.leafIndex;
  const held = Object.entries(privatePath.privateKeys).filter(
    ([index]) => ratchetTree[Number(index)] !== undefined,
  );
  const trimmed: ClientState = {
    ...state,
    privatePath: { ...privatePath, privateKeys: Object.fromEntries(held) },
    historicalReceiverData: new Map(),
  };
  const { room, key, suite } = standing;
  const policy = policyOf(state);
  const view = { room, key, suite, id: own(groupContext.groupId), epoch: groupContext.epoch };
  const group = { ...view, leaf, policy, links: standing.links, state: trimmed };
  if (standing.links.has(policy.link)) return group;
  // The first epoch of a new link version: its secret comes out of the group itself.
  const secret = await exportKey(group, exporter_labels.link, linkContext(policy.link));
  return { ...group, links: new Map([...standing.links, [policy.link, secret]]) };
}

/** The policy of a state. Throws `commit.extension` where it is not the only extension. */
export function policyOf(state: Pick<ClientState, 'groupContext'>): Policy {
  const [extension, ...others] = state.groupContext.extensions;
  must(
    extension?.extensionType === policy_extension && others.length === 0,
    'commit.extension',
    'the policy is not the only extension of the group',
  );
  return decodePolicy(extension.extensionData);
}

/** 32 bytes of the MLS exporter (RFC 9420 section 8.5), or `length_bytes`. */
export async function exportKey(
  group: Group,
  label: string,
  context: Bytes,
  length_bytes = 32,
): Promise<Bytes> {
  const { exporterSecret } = live(group).state.keySchedule;
  return own(await mlsExporter(exporterSecret, label, context, length_bytes, group.suite));
}

/** The media key of a publisher in this epoch: 32 bytes, from which its streams' keys come. */
export async function mediaKey(group: Group, leaf: number): Promise<Bytes> {
  const key = leafAt(group.state.ratchetTree, leaf)?.signaturePublicKey;
  must(key !== undefined, 'mls.sender', 'no such leaf');
  return exportKey(group, exporter_labels.media, await mediaContext(leaf, own(key)));
}

/** Six groups of five digits, the same for all members of this epoch. */
export async function verifyCode(group: Group): Promise<string> {
  return formatCode(await exportKey(group, exporter_labels.verify, new Uint8Array()));
}

/** The secret of the link that the policy names. */
export function linkSecret(group: Group): Bytes {
  const secret = group.links.get(group.policy.link);
  must(secret !== undefined, 'info.link', 'the secret of this link version is not known');
  return secret;
}

/** Who is in the meeting, by leaf. The only list of people there is; the server's counts nothing. */
export async function roster(group: Group): Promise<Seat[]> {
  const { recorder, phoneBridge } = group.policy.flags;
  return Promise.all(
    memberList(group).map(async ({ leaf, key }) => {
      const bytes = leafAt(group.state.ratchetTree, leaf)?.signaturePublicKey ?? new Uint8Array();
      const phone = phoneBridge.includes(key) ? 'phone' : null;
      return {
        leaf,
        key,
        identity: await identityOf(own(bytes)),
        role: roleOf(group.policy, key),
        flag: recorder.includes(key) ? 'recorder' : phone,
      };
    }),
  );
}

export function memberList(group: Group): Member[] {
  const leaves = Array.from(leavesOf(group.state.ratchetTree));
  return leaves.map(([leaf, { signaturePublicKey }]) => ({
    leaf,
    key: toBase64url(signaturePublicKey),
  }));
}

/**
 * In which order members commit: the first at once, each next one later.
 *
 * @param without leaves that the commit will remove: they cannot make it.
 */
export async function rank(group: Group, without: readonly number[] = []): Promise<number[]> {
  const authenticator = own(live(group).state.keySchedule.epochAuthenticator);
  const candidates = memberList(group).filter(({ leaf }) => !without.includes(leaf));
  const ranked = await Promise.all(
    candidates.map(async ({ leaf }) => {
      const value = await rankValue(authenticator, leaf);
      return {
        leaf,
        hex: Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      };
    }),
  );
  return ranked.toSorted((a, b) => (a.hex < b.hex ? -1 : 1)).map(({ leaf }) => leaf);
}

/** What this member's beats in this epoch vouch for. */
export function beatPlace(group: Group): BeatPlace {
  const hash = own(group.state.groupContext.confirmedTranscriptHash);
  return { group: group.id, epoch: group.epoch, confirmed_transcript_hash: hash };
}

/** One's own signed wish to leave. */
export function leaveGroup(group: Group): Promise<Leave> {
  const hpke_key = leafAt(group.state.ratchetTree, group.leaf)?.hpkePublicKey ?? new Uint8Array();
  return leave(group.key, group.id, own(hpke_key));
}

/** GroupInfo with external_pub and the tree, sealed under the epoch's link, for the server. */
export async function sealGroupInfo(group: Group): Promise<Bytes> {
  const info = await createGroupInfoWithExternalPub(live(group).state, [], group.suite);
  const { room, id, epoch, policy } = group;
  const plain = { group_info: encodeInfo(info), tree: encodeTree(group.state.ratchetTree) };
  return sealInfo(plain, linkSecret(group), { room, group: id, epoch, version: policy.link });
}

/** An index of PSKs for `ts-mls` that knows the links, and remembers what it was asked for. */
export async function linkPsks(
  standing: Pick<Group, 'room' | 'links'>,
): Promise<PskIndex & { readonly asked: string[] }> {
  const known = new Map<string, Bytes>();
  for (const [version, secret] of standing.links) {
    known.set(toBase64url(pskName(version)), await derivePsk(secret, standing.room));
  }
  const asked: string[] = [];
  return {
    asked,
    findPsk(id) {
      const name = id.psktype === 'external' ? toBase64url(id.pskId) : id.psktype;
      asked.push(id.pskNonce.length === 32 ? name : 'nonce');
      return id.psktype === 'external' ? known.get(name) : undefined;
    },
  };
}

/**
 * Overwrites the secrets of an epoch that is over for good, as far as they can be reached: once its
 * commit can no longer be void, or lost. `last` must be its last state; what `kept` shares with it,
 * a state of the epoch before or after, stays. Using `last` throws from then on.
 */
export function retire(last: Group, kept: Group | null): void {
  const { keySchedule, secretTree, privatePath } = last.state;
  retired.add(keySchedule);
  wipe(...Object.values<Uint8Array>({ ...keySchedule }));
  for (const node of secretTree) {
    wipe(node.handshake.secret, ...Object.values(node.handshake.unusedGenerations));
    wipe(node.application.secret, ...Object.values(node.application.unusedGenerations));
  }
  const shared = new Set(Object.values(kept?.state.privatePath.privateKeys ?? {}));
  wipe(...Object.values(privatePath.privateKeys).filter((secret) => !shared.has(secret)));
}

/** Marks a state that has sent a message: its ratchet has moved, and this value has not. */
export function spend(group: Group): void {
  retired.add(group.state);
}
