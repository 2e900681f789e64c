/** For tests: commits made with `ts-mls` alone, as a member with changed code would make them. */
import assert from 'node:assert/strict';
import { createCommit } from 'ts-mls';
import type { Commit, KeyPackage, Proposal } from 'ts-mls';
import { createContentCommitSignature } from 'ts-mls/framedContent.js';
import { protect } from 'ts-mls/messageProtection.js';
import type { Bytes } from '#src/protocol/encryption/bytes.ts';
import { encodeConsents } from '#src/protocol/encryption/consents.ts';
import type { Consents } from '#src/protocol/encryption/consents.ts';
import { pskName } from '#src/protocol/encryption/kdf.ts';
import { encodePolicy, policy_extension } from '#src/protocol/encryption/policy.ts';
import type { Policy } from '#src/protocol/encryption/policy.ts';
import type { RefusalCode } from '#src/protocol/encryption/refusal.ts';
import { linkPsks } from '#src/protocol/mls/group.ts';
import type { Group } from '#src/protocol/mls/group.ts';
import { receive } from '#src/protocol/mls/receive.ts';
import { suiteFor } from '#src/protocol/mls/suite.ts';
import { encodeMessage } from '#src/protocol/mls/wire.ts';
import { appointIn, basePolicy, openMeeting, random, refuses } from './meeting.ts';
import type { Meeting } from './meeting.ts';

export interface Forgery {
  readonly proposals: Proposal[];
  readonly consents?: Consents;
  readonly data?: Bytes;
  readonly public?: boolean;
}

/** A commit by whoever does not judge itself. */
export async function forge(group: Group, forgery: Forgery): Promise<Bytes> {
  const changed = forgery.proposals.find((p) => p.proposalType === 'group_context_extensions');
  const cipherSuite =
    changed?.proposalType === 'group_context_extensions'
      ? suiteFor(group.suite, changed.groupContextExtensions.extensions)
      : group.suite;
  const made = await createCommit(
    { state: { ...group.state }, cipherSuite, pskIndex: await linkPsks(group) },
    {
      extraProposals: forgery.proposals,
      authenticatedData:
        forgery.data ?? encodeConsents(forgery.consents ?? { admits: [], leaves: [] }),
      wireAsPublicMessage: forgery.public ?? false,
    },
  );
  return encodeMessage(made.commit);
}

/** A commit of any content, signed and encrypted as `ts-mls` would; its tag is made up. */
export async function forgeRaw(group: Group, content: Commit): Promise<Bytes> {
  const { state, suite, leaf } = group;
  const { groupContext, keySchedule, secretTree, clientConfig } = state;
  const { framedContent, signature } = await createContentCommitSignature(
    groupContext,
    'mls_private_message',
    content,
    { senderType: 'member', leafIndex: leaf },
    new Uint8Array(),
    new Uint8Array(),
    suite.signature,
  );
  const auth = { contentType: 'commit', signature, confirmationTag: random(32) } as const;
  const { privateMessage } = await protect(
    keySchedule.senderDataSecret,
    new Uint8Array(),
    groupContext,
    secretTree,
    { ...framedContent, auth },
    leaf,
    clientConfig.paddingConfig,
    suite,
  );
  return encodeMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage });
}

export const add = (keyPackage: KeyPackage): Proposal => ({
  proposalType: 'add',
  add: { keyPackage },
});
export const remove = (removed: number): Proposal => ({
  proposalType: 'remove',
  remove: { removed },
});

export function psk(version: number, nonce_bytes = 32): Proposal {
  const pskNonce = random(nonce_bytes);
  const preSharedKeyId = { psktype: 'external', pskId: pskName(version), pskNonce } as const;
  return { proposalType: 'psk', psk: { preSharedKeyId } };
}

export function bring(policy: Policy): Proposal {
  const extensions = [{ extensionType: policy_extension, extensionData: encodePolicy(policy) }];
  return { proposalType: 'group_context_extensions', groupContextExtensions: { extensions } };
}

/** Refused by everybody but the sender; and nobody's state has moved. */
export async function allRefuse(
  meeting: Meeting,
  from: string,
  message: Bytes,
  ...codes: RefusalCode[]
): Promise<void> {
  for (const [name, group] of meeting.members) {
    if (name === from) continue;
    await refuses(() => receive(group, message), ...codes);
    assert.equal(meeting.of(name), group);
  }
}

/** Host Ada (appointed by the root), co-host Bob, guests Cyd and Dan; a lobby. */
export async function openLobby(): Promise<Meeting> {
  const meeting = await openMeeting('ada');
  await meeting.add('ada', ['bob', 'cyd', 'dan']);
  const { place } = meeting;
  const hosts = [
    await appointIn(place, place.root, meeting.of('ada').key),
    await appointIn(place, meeting.of('ada').key, meeting.of('bob').key),
  ];
  await meeting.commit('ada', { policy: { ...basePolicy(place), hosts, gate: 'lobby' } });
  await meeting.agree();
  return meeting;
}
