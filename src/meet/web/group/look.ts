/** How a member and its group look to the page, drawn from a stay. */
import { modeOf } from '../../../protocol/encryption/policy.ts';
import { guest_rights } from '../../../protocol/encryption/rights.ts';
import { extra_codecs } from '../../../protocol/encryption/profile.ts';
import { isRemoval } from './following.ts';
import type { Stay } from './stay.ts';
import type { MemberView } from './view.ts';

/** Before the first epoch is open. */
export const nothing_known = {
  epoch: null,
  leaf: null,
  code: null,
  gate: null,
  mode: 'meeting',
  guests: guest_rights,
  stage: [],
  codecs: [],
  pulse: 'well',
  waiting: [],
  people: [],
} as const;

/** The group as this member, whose name at the media engine is `id`, sees it. */
export function lookOf(stay: Stay, id: string): MemberView {
  const { following, seats, needs, people, beating, code, fault, waiting } = stay;
  const { group, halt } = following;
  const keys = seats.map(({ key }) => key);
  const halted = halt !== null && !isRemoval(halt.why);
  return {
    phase: halted ? 'out-of-sync' : 'in',
    fault,
    epoch: group.epoch,
    leaf: group.leaf,
    id,
    code,
    gate: group.policy.gate,
    mode: modeOf(group.policy),
    guests: group.policy.guests,
    stage: group.policy.stage ?? [],
    codecs: extra_codecs.filter((codec) => people.canAll(keys, codec)),
    pulse: beating.state,
    waiting,
    people: seats.map(({ leaf, identity, key, key_hash, role }) => ({
      leaf,
      id: identity,
      key_hash,
      name: people.nameOf(key),
      role,
      beaten: leaf === group.leaf || beating.heard(key),
      away: needs.lost.has(identity),
    })),
  };
}
