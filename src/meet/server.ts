import type { BoundCall } from '../app/server.ts';
import { bindRoom } from '../app/server.ts';
import { meet } from './contract.ts';
import { create, Grants, reserve } from './create.ts';
import { end, type Groups, type MediaGate } from './end.ts';
import type { Price } from './price.ts';
import type { Trials } from './trials.ts';
import { hello, watch } from './watch.ts';

/** Binds the meet contract to its verbs. */
export function bindMeet(deps: {
  media: MediaGate;
  groups: Groups;
  people_max: number;
  price: Price;
  trials: Pick<Trials, 'open'>;
}): BoundCall[] {
  const { media, groups, people_max, price, trials } = deps;
  const making = { grants: new Grants(), price, people_max };
  return bindRoom(meet, {
    reserve: (ctx) => reserve(ctx, making),
    create: (ctx, input) => create(ctx, input, making),
    trial: (ctx) => trials.open(ctx),
    hello,
    watch,
    end: (ctx, input) => end(ctx, input, { media, groups }),
  });
}
