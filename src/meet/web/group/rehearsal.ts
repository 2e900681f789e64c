/**
 * A joining played through for nobody, in a group that is thrown away, while a person looks at their
 * picture. Taking a Welcome costs a browser 80 ms the first time and 10 ms the third: it compiles what
 * it runs, and two cores are busy in the moment after Join.
 */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { generateLeafKey } from '../../../protocol/encryption/ed25519.ts';
import { newPolicy } from '../../../protocol/encryption/policy.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { rootFingerprint } from '../../../protocol/link/fingerprint.ts';
import { openRoot } from '../../../protocol/link/root.ts';
import { commit } from '../../../protocol/mls/commit.ts';
import { create, newGroupId } from '../../../protocol/mls/create.ts';
import { mediaKey, retire, sealGroupInfo } from '../../../protocol/mls/group.ts';
import { join } from '../../../protocol/mls/join.ts';
import { checkKnock, knock } from '../../../protocol/mls/knock.ts';
import { newLeaf } from '../../../protocol/mls/leaf.ts';

const random = (bytes: number): Bytes => crypto.getRandomValues(new Uint8Array(bytes));

/** Browsers compile what has run twice better than what has run once. */
const times = 2;
let rehearsal: Promise<boolean> | null = null;

/**
 * Once for each worker. Resolves with whether it went through; whatever does not work here is told
 * when it is done in earnest.
 */
export function rehearse(now_ms: number): Promise<boolean> {
  rehearsal ??= playAll(now_ms).then(
    () => true,
    () => false,
  );
  return rehearsal;
}

async function playAll(now_ms: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await play(now_ms);
}

async function play(now_ms: number): Promise<void> {
  const { public_key } = await openRoot(random(32));
  const fingerprint = await rootFingerprint(public_key);
  const link = { room: 'a'.repeat(26), version: 1, secret: random(32), fingerprint };
  const id = newGroupId();
  const policy = newPolicy(toBase64url(public_key), link.version, now_ms);
  const first = await create(await newLeaf(await generateLeafKey(), now_ms), link, id, policy);
  const leaf = await newLeaf(await generateLeafKey(), now_ms);
  const knocker = await checkKnock(first, await knock(leaf, link, { name: '-', note: '' }), now_ms);
  const { info, next, welcomes } = await commit(first, { add: [knocker] });
  const [given] = welcomes;
  if (!given) return;
  const entrance = { link, hosted: false, group: id, epoch: 1n, info, now_ms };
  const second = await join(leaf, given.welcome, entrance);
  await Promise.all([mediaKey(second, 0), sealGroupInfo(second)]);
  for (const group of [first, next, second]) retire(group, null);
}
