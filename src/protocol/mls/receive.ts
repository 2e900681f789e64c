/** Taking in what the log says. */
import { processPrivateMessage, processPublicMessage } from 'ts-mls';
import type { ClientState, PrivateMessage, PublicMessage } from 'ts-mls';
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { CodecError, CryptoVerificationError, ValidationError } from 'ts-mls/mlsError.js';
import { toBase64url } from '../link/base64url.ts';
import { equal, own, wipe } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { decodeConsents } from '../encryption/consents.ts';
import { encodePolicy, isBanned } from '../encryption/policy.ts';
import { Refusal, must } from '../encryption/refusal.ts';
import { adopt, checkPrivateKeys } from './adopt.ts';
import { linkPsks, live, viewState } from './group.ts';
import type { Group, Member } from './group.ts';
import { judgeProposals, readProposals } from './judge.ts';
import type { Proposed } from './judge.ts';
import { openPrivate, readSender } from './opened.ts';
import { leafAt, leavesOf } from './tree.ts';
import { decodeMessage, encodeLeaf, guarded } from './wire.ts';

export type Received =
  | {
      readonly kind: 'commit';
      readonly group: Group;
      /** Who made it; its seat in the new epoch. */
      readonly by: Member;
      readonly added: readonly Member[];
      readonly removed: readonly Member[];
      readonly policy_changed: boolean;
      /** `by` came back after it had lost its state; the leaf it had is not in `removed`. */
      readonly returned: boolean;
    }
  | {
      readonly kind: 'app';
      /** The group after it: the keys of this message are gone. */
      readonly group: Group;
      readonly by: Member;
      readonly body: Bytes;
    }
  | {
      /** One was removed oneself. Signed by `by`, but not confirmed by the group. */
      readonly kind: 'removed';
      readonly by: Member;
      /** One's key was banned with it, or took the seat elsewhere: it may not knock again. */
      readonly for_good: boolean;
    };

/**
 * What the proposals of a commit lead to, kept where its path cannot be opened: past it one comes
 * back only into a group with these very leaves and this policy.
 */
export interface Expectation {
  readonly group: Bytes;
  readonly epoch: bigint;
  /** Encoded leaves by number, without the committer's. */
  readonly leaves: ReadonlyMap<number, string>;
  /** The committer's seat, in which only the HPKE key may be another. */
  readonly committer: Member;
  /** Leaves that were added, encoded: their places are the tree's affair. */
  readonly added: readonly string[];
  readonly policy: Bytes;
}

/** A lawful commit whose path this member cannot open: it is out of sync, and comes back. */
export class OutOfSync extends Refusal {
  readonly expected: Expectation;
  constructor(expected: Expectation, cause: unknown) {
    super('mls.out', 'a lawful commit that this member cannot follow', { cause });
    this.expected = expected;
  }
}

/**
 * The group after one entry of the log. Throws a `Refusal`, and nothing has changed: `mls.own` for
 * one's own message come back, `mls.epoch` for another epoch, `OutOfSync` where the commit is lawful
 * and cannot be followed.
 */
export async function receive(group: Group, bytes: Bytes): Promise<Received> {
  live(group);
  const message = decodeMessage(bytes, ['mls_private_message', 'mls_public_message']);
  return message.wireformat === 'mls_public_message'
    ? receiveReturn(group, message.publicMessage)
    : receivePrivate(group, message.privateMessage);
}

function checkEpoch(group: Group, id: Uint8Array, epoch: bigint): void {
  must(equal(id, group.id), 'mls.group', 'of another group');
  must(epoch === group.epoch, 'mls.epoch', 'of another epoch');
}

async function receivePrivate(group: Group, message: PrivateMessage): Promise<Received> {
  checkEpoch(group, message.groupId, message.epoch);
  const { contentType, authenticatedData } = message;
  must(contentType !== 'proposal', 'mls.kind', 'a proposal that stands alone');
  const consents = decodeConsents(authenticatedData);
  const sender = await readSender(group, message);
  must(sender !== group.leaf, 'mls.own', 'a message of our own');
  if (contentType === 'application') {
    must(authenticatedData.length === 0, 'mls.kind', 'a message with more than its body');
    return receiveApp(group, message, sender);
  }
  const { content } = await openPrivate(group, message);
  must(content.contentType === 'commit', 'mls.kind', 'no commit');
  const proposed = readProposals(group, content.commit, sender);
  await judgeProposals(group, proposed, consents);
  if (proposed.removes.includes(group.leaf)) {
    const { policy } = proposed;
    const key = toBase64url(group.key.public_key);
    const for_good = policy !== null && (await isBanned(policy, key));
    return { kind: 'removed', by: memberAt(group, sender), for_good };
  }
  const next = await follow(group, proposed, async () => {
    const psks = await linkPsks(group);
    const result = await processPrivateMessage(group.state, message, psks, group.suite);
    must(result.kind === 'newState', 'mls.kind', 'no commit');
    return result.newState;
  });
  return receivedCommit(group, proposed, next);
}

async function receiveApp(
  group: Group,
  message: PrivateMessage,
  sender: number,
): Promise<Received> {
  const psks = await linkPsks(group);
  const result = await guarded('mls.crypto', 'cannot be decrypted, or not signed', () =>
    processPrivateMessage(group.state, message, psks, group.suite),
  );
  must(result.kind === 'applicationMessage', 'mls.kind', 'not what it says it is');
  const body = own(result.message);
  wipe(...result.consumed, result.message);
  const by = memberAt(group, sender);
  return { kind: 'app', group: await viewState(group, result.newState), by, body };
}

/** An external commit: somebody takes its own seat again. */
async function receiveReturn(group: Group, message: PublicMessage): Promise<Received> {
  const { content } = message;
  checkEpoch(group, content.groupId, content.epoch);
  must(
    content.sender.senderType === 'new_member_commit' && content.contentType === 'commit',
    'mls.kind',
    'in the clear, and no return',
  );
  must(content.authenticatedData.length === 0, 'mls.kind', 'a return with more than itself');
  const { keySchedule, groupContext, ratchetTree } = group.state;
  await guarded('mls.crypto', 'not signed by its leaf', () =>
    unprotectPublicMessage(
      keySchedule.membershipKey,
      groupContext,
      ratchetTree,
      message,
      group.suite,
    ),
  );
  const proposed = readProposals(group, content.commit, null);
  await judgeProposals(group, proposed, { admits: [], leaves: [] });
  // Somebody else holds our key, or we have come back in another tab: this state is over.
  const returning = proposed.removes[0] ?? -1;
  if (returning === group.leaf)
    return { kind: 'removed', by: memberAt(group, returning), for_good: true };
  const next = await follow(group, proposed, async () => {
    const psks = await linkPsks(group);
    const { newState } = await processPublicMessage(group.state, message, psks, group.suite);
    return newState;
  });
  return receivedCommit(group, proposed, next);
}

/** The state a lawful commit leads to; `OutOfSync` where its path is not for this member. */
async function follow(
  group: Group,
  proposed: Proposed,
  process: () => Promise<ClientState>,
): Promise<Group> {
  let state: ClientState;
  try {
    state = await process();
    const known = new Set(Object.values(group.state.privatePath.privateKeys));
    await checkPrivateKeys(group.suite, state, known);
  } catch (cause) {
    if (isPublicFault(cause)) {
      throw new Refusal('commit.tree', 'a commit that nobody can apply', { cause });
    }
    throw outOfSync(group, proposed, cause);
  }
  return adopt(group, proposed, state);
}

/**
 * What every member sees alike: wrong signatures, parent hashes, lengths. The rest may be so for
 * this member alone: secrets that do not open, and a confirmation tag of another history.
 */
function isPublicFault(cause: unknown): boolean {
  if (cause instanceof CryptoVerificationError) return !cause.message.includes('confirmation tag');
  return cause instanceof ValidationError || cause instanceof CodecError;
}

/** What was lawful and cannot be followed; with what it must lead to. */
function outOfSync(group: Group, proposed: Proposed, cause: unknown): OutOfSync {
  const { sender, removes, adds, policy } = proposed;
  const committer = memberAt(group, sender ?? removes[0] ?? -1);
  const leaves = new Map<number, string>();
  for (const [leaf, node] of leavesOf(group.state.ratchetTree)) {
    if (leaf === committer.leaf || removes.includes(leaf)) continue;
    leaves.set(leaf, toBase64url(encodeLeaf(node)));
  }
  return new OutOfSync(
    {
      group: group.id,
      epoch: group.epoch + 1n,
      leaves,
      committer,
      added: adds.map(({ leafNode }) => toBase64url(encodeLeaf(leafNode))),
      policy: encodePolicy(policy ?? group.policy),
    },
    cause,
  );
}

function memberAt(group: Group, leaf: number): Member {
  const node = leafAt(group.state.ratchetTree, leaf);
  must(node !== undefined, 'mls.sender', 'no such leaf');
  return { leaf, key: toBase64url(node.signaturePublicKey) };
}

function receivedCommit(before: Group, proposed: Proposed, group: Group): Received {
  const { sender, removes, adds, path_leaf, policy } = proposed;
  const seats = new Map(
    Array.from(leavesOf(group.state.ratchetTree), ([leaf, { signaturePublicKey }]) => {
      const key = toBase64url(signaturePublicKey);
      return [key, { leaf, key }] as const;
    }),
  );
  const seatOf = (key: Uint8Array): Member => {
    const seat = seats.get(toBase64url(key));
    must(seat !== undefined, 'commit.tree', 'a leaf that did not arrive');
    return seat;
  };
  const returned = sender === null;
  return {
    kind: 'commit',
    group,
    by: returned
      ? seatOf(path_leaf?.signaturePublicKey ?? new Uint8Array())
      : memberAt(group, sender),
    added: adds.map(({ leafNode }) => seatOf(leafNode.signaturePublicKey)),
    removed: returned ? [] : removes.map((leaf) => memberAt(before, leaf)),
    policy_changed: policy !== null,
    returned,
  };
}
