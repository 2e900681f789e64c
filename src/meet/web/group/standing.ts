/** What the service has to know of a member as the group makes it: whether it is a host, and its door. */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { deriveDoor } from '../../../protocol/link/door.ts';
import { chainOf } from '../../../protocol/encryption/policy.ts';
import { linkSecret, type Group } from '../../../protocol/mls/group.ts';
import type { Line } from './line.ts';

/** Resolves once the service knows of the appointments one has now. Throws Refused. */
export async function keepStanding(line: Line, group: Group): Promise<void> {
  const { policy, key, room } = group;
  line.door = toBase64url(await deriveDoor(linkSecret(group), room));
  const chain = chainOf(policy, toBase64url(key.public_key));
  await line.showHosting(chain.length === 0 ? undefined : { chain, created: policy.created });
}
