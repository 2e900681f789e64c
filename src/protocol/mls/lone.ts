/**
 * Coming back to a group in which nobody else is left. An external commit removes the former leaf
 * first (RFC 9420, section 12.4.3.2), and of one leaf that leaves an empty tree, which `ts-mls` 1.6.4
 * cannot hold. The commit is put together here from its own parts; that no other member has to
 * process it is what makes the case.
 */
import type { CiphersuiteImpl, ClientConfig, ClientState, GroupInfo, RatchetTree } from 'ts-mls';
import { exportSecret, nextEpochContext } from 'ts-mls/clientState.js';
import { createConfirmationTag, createContentCommitSignature } from 'ts-mls/framedContent.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { protectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { toPrivateKeyPath, updateLeafKey } from 'ts-mls/privateKeyPath.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { leafWidth, toLeafIndex } from 'ts-mls/treemath.js';
import { createUpdatePath } from 'ts-mls/updatePath.js';
import { equal, wipe } from '../encryption/bytes.ts';
import { must } from '../encryption/refusal.ts';
import type { Leaf } from './leaf.ts';

type Made = {
  readonly publicMessage: Awaited<ReturnType<typeof protectPublicMessage>>;
  readonly newState: ClientState;
};

/** The former leaf of a tree of one. */
const seat = toLeafIndex(0);

/**
 * As `joinGroupExternal` with `resync`, for a tree of one leaf, which the caller has found to be of
 * the same signature key. Throws `join.info` where the tree is not the one of the group's context.
 */
export async function takeLoneSeat(
  { packed, suite }: Leaf,
  info: GroupInfo,
  tree: RatchetTree,
  clientConfig: ClientConfig,
): Promise<Made> {
  const { publicPackage, privatePackage } = packed;
  const { groupContext, extensions, confirmationTag: tag_before } = info;
  const hash = await treeHashRoot(tree, suite.hash);
  must(equal(hash, groupContext.treeHash), 'join.info', 'a tree that is not the group’s');
  const [external] = extensions;
  must(external !== undefined, 'join.info', 'a GroupInfo without external_pub');
  const { enc, secret: init_secret } = await exportSecret(external.extensionData, suite);
  const [next_tree, path, , private_key] = await createUpdatePath(
    [{ nodeType: 'leaf', leaf: publicPackage.leafNode }],
    seat,
    groupContext,
    privatePackage.signaturePrivateKey,
    suite,
  );
  const no_path = await toPrivateKeyPath({}, seat, suite);
  const exported = await suite.hpke.exportPrivateKey(private_key);
  const { signature, framedContent } = await createContentCommitSignature(
    groupContext,
    'mls_public_message',
    {
      proposals: [
        { proposalType: 'remove', remove: { removed: seat } } as const,
        { proposalType: 'external_init', externalInit: { kemOutput: enc } } as const,
      ].map((proposal) => ({ proposalOrRefType: 'proposal' as const, proposal })),
      path,
    },
    { senderType: 'new_member_commit' },
    new Uint8Array(),
    privatePackage.signaturePrivateKey,
    suite.signature,
  );
  const next_hash = await treeHashRoot(next_tree, suite.hash);
  const next_context = await nextEpochContext(
    groupContext,
    'mls_public_message',
    framedContent,
    signature,
    next_hash,
    tag_before,
    suite.hash,
  );
  return finish({
    suite,
    clientConfig,
    tree: next_tree,
    context: { before: groupContext, next: next_context },
    init_secret,
    signed: { signature, framedContent },
    path: updateLeafKey(no_path, exported),
    signing_key: privatePackage.signaturePrivateKey,
  });
}

interface Parts {
  readonly suite: CiphersuiteImpl;
  readonly clientConfig: ClientConfig;
  readonly tree: RatchetTree;
  readonly context: Readonly<Record<'before' | 'next', ClientState['groupContext']>>;
  readonly init_secret: Uint8Array;
  readonly signed: Awaited<ReturnType<typeof createContentCommitSignature>>;
  readonly path: ClientState['privatePath'];
  readonly signing_key: Uint8Array;
}

/** The epoch that the commit begins. There is no path to derive from: its secret is of zeros. */
async function finish(parts: Parts): Promise<Made> {
  const { suite, clientConfig, tree, context, init_secret, signed, path, signing_key } = parts;
  const zeros = (): Uint8Array => new Uint8Array(suite.kdf.size);
  const secrets = await initializeEpoch(init_secret, zeros(), context.next, zeros(), suite.kdf);
  const confirmationTag = await createConfirmationTag(
    secrets.keySchedule.confirmationKey,
    context.next.confirmedTranscriptHash,
    suite.hash,
  );
  const newState: ClientState = {
    ratchetTree: tree,
    groupContext: context.next,
    secretTree: await createSecretTree(leafWidth(tree.length), secrets.encryptionSecret, suite.kdf),
    privatePath: path,
    confirmationTag,
    historicalReceiverData: new Map(),
    signaturePrivateKey: signing_key,
    keySchedule: secrets.keySchedule,
    unappliedProposals: {},
    groupActiveState: { kind: 'active' },
    clientConfig,
  };
  const { signature, framedContent } = signed;
  const publicMessage = await protectPublicMessage(
    secrets.keySchedule.membershipKey,
    context.next,
    {
      content: framedContent,
      auth: { signature, confirmationTag, contentType: 'commit' },
      wireformat: 'mls_public_message',
    },
    suite,
  );
  wipe(init_secret, secrets.encryptionSecret, secrets.joinerSecret);
  return { publicMessage, newState };
}
