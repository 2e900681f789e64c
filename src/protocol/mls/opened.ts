/** Reading a PrivateMessage without applying it: what it holds is judged first. */
import type { FramedContent, PrivateMessage } from 'ts-mls';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { decryptSenderData } from 'ts-mls/privateMessage.js';
import { must } from '../encryption/refusal.ts';
import { live } from './group.ts';
import type { Group } from './group.ts';
import { leafAt } from './tree.ts';
import { guarded } from './wire.ts';

export interface Opened {
  readonly sender: number;
  readonly content: FramedContent;
}

/** Who sent it; unauthenticated until `openPrivate`. Throws `mls.crypto`, `mls.sender`. */
export async function readSender(group: Group, message: PrivateMessage): Promise<number> {
  const { senderDataSecret } = live(group).state.keySchedule;
  const data = await guarded('mls.crypto', 'not of this epoch', () =>
    decryptSenderData(message, senderDataSecret, group.suite),
  );
  const there = data && leafAt(group.state.ratchetTree, data.leafIndex) !== undefined;
  must(there === true, 'mls.sender', 'from no leaf');
  return data.leafIndex;
}

/** What a message of this epoch says, decrypted and with its signature checked. */
export async function openPrivate(group: Group, message: PrivateMessage): Promise<Opened> {
  const { keySchedule, secretTree, ratchetTree, groupContext, clientConfig } = group.state;
  const sender = await readSender(group, message);
  const { content } = await guarded('mls.crypto', 'cannot be decrypted, or not signed', () =>
    unprotectPrivateMessage(
      keySchedule.senderDataSecret,
      message,
      secretTree,
      ratchetTree,
      groupContext,
      clientConfig.keyRetentionConfig,
      group.suite,
    ),
  );
  return { sender, content: content.content };
}
