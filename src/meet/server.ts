import type { BoundCall } from '../app/server.ts';
import { bindRoom } from '../app/server.ts';
import { meet } from './contract.ts';
import { create, Grants, reserve } from './create.ts';
import { end } from './end.ts';
import { enter, hello, leave, watch, type MediaGate } from './enter.ts';

/** Binds the meet contract to its verbs. */
export function bindMeet(deps: { media: MediaGate; people_max: number }): BoundCall[] {
  const { media, people_max } = deps;
  const grants = new Grants();
  return bindRoom(meet, {
    reserve: (ctx) => reserve(ctx, grants),
    create: (ctx, input) => create(ctx, input, { grants, people_max }),
    hello,
    enter: (ctx, input) => enter(ctx, input, media),
    watch,
    leave: (ctx, input) => leave(ctx, input, media),
    end: (ctx, input) => end(ctx, input, media),
  });
}
