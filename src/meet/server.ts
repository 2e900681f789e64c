import type { BoundCall } from '../app/server.ts';
import { bindRoom } from '../app/server.ts';
import { meet } from './contract.ts';
import { create, Grants, reserve } from './create.ts';
import { end, type Groups, type MediaGate } from './end.ts';
import { hello, watch } from './watch.ts';

/** Binds the meet contract to its verbs. */
export function bindMeet(deps: {
  media: MediaGate;
  groups: Groups;
  people_max: number;
}): BoundCall[] {
  const { media, groups, people_max } = deps;
  const grants = new Grants();
  return bindRoom(meet, {
    reserve: (ctx) => reserve(ctx, grants),
    create: (ctx, input) => create(ctx, input, { grants, people_max }),
    hello,
    watch,
    end: (ctx, input) => end(ctx, input, { media, groups }),
  });
}
