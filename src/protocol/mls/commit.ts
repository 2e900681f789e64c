/** Making a commit, and what becomes of it. */
import { createCommit } from 'ts-mls';
import type { ClientState, Proposal, Welcome } from 'ts-mls';
import { equal } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { encodeConsents } from '../encryption/consents.ts';
import type { Consents } from '../encryption/consents.ts';
import { pskName } from '../encryption/kdf.ts';
import { encodePolicy, policy_extension } from '../encryption/policy.ts';
import type { Policy } from '../encryption/policy.ts';
import { Refusal, must } from '../encryption/refusal.ts';
import { adopt } from './adopt.ts';
import { linkPsks, live, retire, sealGroupInfo } from './group.ts';
import type { Group } from './group.ts';
import { judgeProposals, readProposals } from './judge.ts';
import type { Knocker } from './knock.ts';
import { suiteFor } from './suite.ts';
import { leafAt } from './tree.ts';
import { decodeMessage, encodeMessage, guarded } from './wire.ts';
import { openPrivate } from './opened.ts';

/** What a commit is to do. Nothing at all: new keys for oneself. */
export interface Intent {
  readonly add?: readonly Knocker[];
  readonly remove?: readonly number[];
  readonly policy?: Policy;
  readonly consents?: Consents;
}

/** A commit that was made and not yet accepted by the delivery service. */
export interface Pending {
  /** The group before it, from which the winner is received if this one loses; none of a return. */
  readonly base: Group | null;
  /** What to send. If no answer comes, the same bytes are sent again. */
  readonly message: Bytes;
  /** For the next epoch. */
  readonly info: Bytes;
  /** One per Add. */
  readonly welcomes: readonly { readonly reference: Bytes; readonly welcome: Bytes }[];
  /** For `settle`: not to be used before the commit has won. */
  readonly next: Group;
}

/**
 * A commit of this intent, judged as every member will judge it. Throws `commit.*` and what it is
 * judged by; the group stays as it is.
 */
export async function commit(group: Group, intent: Intent): Promise<Pending> {
  live(group);
  const consents = intent.consents ?? { admits: [], leaves: [] };
  const extraProposals = proposalsOf(group, intent);
  const pskIndex = await linkPsks(group);
  const made = await guarded('commit.tree', 'cannot be committed', () => {
    const state = { ...group.state };
    const cipherSuite =
      intent.policy === undefined
        ? group.suite
        : suiteFor(group.suite, policyExtensions(intent.policy));
    return createCommit(
      { state, cipherSuite, pskIndex },
      { extraProposals, authenticatedData: encodeConsents(consents) },
    );
  });
  const message = encodeMessage(made.commit);
  const { next } = await guarded('commit.tree', 'a commit that others would refuse', () =>
    judgeOwn(group, message, consents, made.newState),
  );
  return {
    base: group,
    message,
    info: await sealGroupInfo(next),
    welcomes: sliceWelcome(made.welcome, intent.add ?? []),
    next,
  };
}

function policyExtensions(policy: Policy): { extensionType: number; extensionData: Bytes }[] {
  return [{ extensionType: policy_extension, extensionData: encodePolicy(policy) }];
}

function proposalsOf(group: Group, intent: Intent): Proposal[] {
  const { add = [], remove = [], policy } = intent;
  const proposals: Proposal[] = remove.map((removed) => {
    const there = leafAt(group.state.ratchetTree, removed) !== undefined;
    must(there, 'commit.remove', 'a Remove of no leaf');
    return { proposalType: 'remove', remove: { removed } };
  });
  for (const knocker of add) {
    proposals.push({ proposalType: 'add', add: { keyPackage: knocker.package } });
  }
  if (add.length > 0) {
    const preSharedKeyId = {
      psktype: 'external',
      pskId: pskName(group.policy.link),
      pskNonce: crypto.getRandomValues(new Uint8Array(32)),
    } as const;
    proposals.push({ proposalType: 'psk', psk: { preSharedKeyId } });
  }
  if (policy) {
    const groupContextExtensions = { extensions: policyExtensions(policy) };
    proposals.push({ proposalType: 'group_context_extensions', groupContextExtensions });
  }
  return proposals;
}

/** Reads the commit back as others will, so that both sides judge the same bytes. */
async function judgeOwn(
  group: Group,
  message: Bytes,
  consents: Consents,
  state: ClientState,
): Promise<{ next: Group }> {
  const { privateMessage } = decodeMessage(message, ['mls_private_message']);
  const { content } = await openPrivate(group, privateMessage);
  must(content.contentType === 'commit', 'commit.shape', 'no commit');
  const proposed = readProposals(group, content.commit, group.leaf);
  await judgeProposals(group, proposed, consents);
  return { next: await adopt(group, proposed, state) };
}

/** The Welcome holds a part for each joiner; each gets its own only. */
function sliceWelcome(welcome: Welcome | undefined, add: readonly Knocker[]): Pending['welcomes'] {
  return add.map(({ reference }) => {
    const secret = welcome?.secrets.find(({ newMember }) => equal(newMember, reference));
    if (!welcome || !secret) throw new Refusal('commit.tree', 'an Add without its Welcome');
    const own_part: Welcome = { ...welcome, secrets: [secret] };
    const wrapped = { version: 'mls10', wireformat: 'mls_welcome', welcome: own_part } as const;
    return { reference, welcome: encodeMessage(wrapped) };
  });
}

/**
 * The group after the delivery service answered: the next one, or the one before, from which the
 * winner is to be received; null where a return lost, to be made anew from a newer info. Of a
 * commit that lost, the secrets are overwritten.
 */
export function settle(pending: Pending, won: boolean): Group | null {
  if (won) return pending.next;
  retire(pending.next, pending.base);
  return pending.base;
}
