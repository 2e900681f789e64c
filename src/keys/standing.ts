/** Who may do what (encryption design, section 3, "Who may"). */
import type { Selectable } from 'kysely';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import type { MlsLeafTable } from '../app/tables.ts';
import type { Session } from './session.ts';
import type { Group } from './store.ts';

export type Leaf = Selectable<MlsLeafTable>;

/**
 * The caller's leaf: of who made the group or took a Welcome, and is not gone. Else anybody with
 * the link could win every epoch with rubbish.
 * @throws CallerError `keys.not-leaf`
 */
export async function requireLeaf(ctx: Ctx, group: Group, session: Session): Promise<Leaf> {
  const leaf = await findLeaf(ctx, group.id, session.id);
  if (!leaf) throw new CallerError('keys.not-leaf', 'Only members of this group may.', 403);
  return leaf;
}

export function findLeaf(ctx: Ctx, group: string, id: string): Promise<Leaf | undefined> {
  return ctx.tx
    .selectFrom('mls_leaf')
    .selectAll()
    .where('mls_group', '=', group)
    .where('id', '=', id)
    .executeTakeFirst();
}

/**
 * Whether the caller is a host: appointed by the root itself, or by a chain that leads to it and
 * among the hosts that a host's commit named last.
 */
export function isHost({ appointed, id }: Session, group: Group): boolean {
  if (appointed?.group !== group.id) return false;
  return appointed.by_root || group.hosts.includes(id);
}

/** @throws CallerError `keys.not-host` */
export function requireHost(session: Session, group: Group): void {
  if (!isHost(session, group))
    throw new CallerError('keys.not-host', 'Only hosts of this meeting may.', 403);
}
