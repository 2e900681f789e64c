/** Messages of members: chat, names, hands, and whatever carries a person's authority. */
import { createApplicationMessage } from 'ts-mls';
import { labelled } from '../link/fingerprint.ts';
import { concat, own, u64, wipe } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { must } from '../encryption/refusal.ts';
import { live, spend, viewState } from './group.ts';
import type { Group } from './group.ts';
import { leafAt } from './tree.ts';
import { encodeMessage, guarded } from './wire.ts';

export const body_bytes_max = 131_072;

/**
 * A message to all members of this epoch, and the group after it; the one before may not send
 * again, since its next message would have the same key. Throws `mls.size`.
 */
export async function sendApp(
  group: Group,
  body: Bytes,
): Promise<{ readonly group: Group; readonly message: Bytes }> {
  must(body.length <= body_bytes_max, 'mls.size', 'larger than a message may be');
  const { state, suite } = live(group);
  spend(group);
  const made = await createApplicationMessage(state, body, suite);
  const message = encodeMessage({
    version: 'mls10',
    wireformat: 'mls_private_message',
    privateMessage: made.privateMessage,
  });
  wipe(...made.consumed);
  return { group: await viewState(group, made.newState), message };
}

const kem_bytes = 32;

function directInfo(group: Group): Bytes {
  return labelled('conclave/direct/v1', concat(group.id, u64(group.epoch)));
}

/**
 * A body for one member only, to be carried inside an application message, whose sender is thereby
 * known: `HPKE enc 32 ‖ ciphertext` to the recipient's leaf key of this epoch. Throws `mls.sender`.
 */
export async function sealDirect(group: Group, leaf: number, body: Bytes): Promise<Bytes> {
  const { hpke } = live(group).suite;
  const key = leafAt(group.state.ratchetTree, leaf)?.hpkePublicKey;
  must(key !== undefined, 'mls.sender', 'no such leaf');
  const recipient = await hpke.importPublicKey(key);
  const { enc, ct } = await hpke.seal(recipient, body, directInfo(group), new Uint8Array());
  return concat(enc, ct);
}

/** What another member sealed for this one in this epoch. Throws `mls.crypto`. */
export async function openDirect(group: Group, sealed: Bytes): Promise<Bytes> {
  const { hpke } = live(group).suite;
  const secret = group.state.privatePath.privateKeys[2 * group.leaf];
  must(secret !== undefined, 'mls.crypto', 'no key of our own');
  return guarded('mls.crypto', 'not for us, or not of this epoch', async () => {
    const key = await hpke.importPrivateKey(secret);
    const [enc, ct] = [sealed.subarray(0, kem_bytes), sealed.subarray(kem_bytes)];
    return own(await hpke.open(key, enc, ct, directInfo(group), new Uint8Array()));
  });
}
