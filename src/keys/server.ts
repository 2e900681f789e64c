import type { Log } from '../app/log.ts';
import { bindRoom, type BoundCall, type Ctx, type Dispatcher } from '../app/server.ts';
import type { Service } from '../app/service.ts';
import { Agenda } from './agenda.ts';
import { commit, resync } from './commit.ts';
import { keys } from './contract.ts';
import { create } from './create.ts';
import type { Desk, Media, Meetings } from './desk.ts';
import { endRoom, forgetRooms, reset } from './end.ts';
import { hello, prove } from './hello.ts';
import { deny, knock } from './knock.ts';
import { app } from './log.ts';
import { pace as usual_pace, type Pace } from './pace.ts';
import { quiet } from './permit.ts';
import { info, log, token, watch } from './read.ts';
import { ready } from './ready.ts';
import { Releases, show } from './release.ts';
import { Sessions } from './session.ts';
import { tend } from './tend.ts';
import { refuse } from './void.ts';
import { Votes } from './votes.ts';
import { welcome } from './welcome.ts';

export interface KeysDeps {
  readonly meetings: Meetings;
  readonly media: Media;
  readonly pace?: Partial<Pace>;
}

/** The delivery service. */
export interface Keys {
  readonly calls: BoundCall[];
  /** What it does by itself. Starts after the database, and before calls are taken. */
  service(dispatcher: Dispatcher, log: Log): Service;
  /** A meeting ended, in the transaction that ends it: its group, log and knocks go too. */
  endRoom(ctx: Ctx, room: string): Promise<void>;
  /** Meetings are forgotten, in the transaction that forgets them. */
  forgetRooms(ctx: Ctx, rooms: readonly string[]): Promise<void>;
}

/** Binds the keys contract to its verbs. */
export function bindKeys({ meetings, media, pace }: KeysDeps): Keys {
  const now_ms = (): number => performance.now();
  const whole_pace = { ...usual_pace, ...pace };
  const agenda = new Agenda();
  const desk: Desk = {
    meetings,
    media,
    pace: whole_pace,
    now_ms,
    sessions: new Sessions(whole_pace, now_ms),
    votes: new Votes(),
    agenda,
    tendLater: (room, wait_ms) =>
      agenda.set(`tend ${room}`, wait_ms, (ctx) => tend(ctx, desk, room)),
    releases: new Releases(whole_pace.release_ms, now_ms),
  };
  desk.sessions.onLeft = (room) => {
    desk.tendLater(room, Math.min(whole_pace.lost_ms, whole_pace.knock_kept_ms));
  };
  return {
    calls: bindVerbs(desk),
    service: (dispatcher, logger) => serve(desk, dispatcher, logger),
    endRoom: (ctx, room) => endRoom(ctx, desk, room),
    forgetRooms,
  };
}

function bindVerbs(desk: Desk): BoundCall[] {
  return bindRoom(keys, {
    hello: (ctx, input) => hello(ctx, input, desk),
    prove: (ctx, input) => prove(ctx, input, desk),
    create: (ctx, input) => create(ctx, input, desk),
    knock: (ctx, input) => knock(ctx, input, desk),
    welcome: (ctx, input) => welcome(ctx, input, desk),
    commit: (ctx, input) => commit(ctx, input, desk),
    resync: (ctx, input) => resync(ctx, input, desk),
    app: (ctx, input) => app(ctx, input, desk),
    ready: (ctx, input) => ready(ctx, input, desk),
    refuse: (ctx, input) => refuse(ctx, input, desk),
    log: (ctx, input) => log(ctx, input, desk),
    info: (ctx, input) => info(ctx, input, desk),
    watch: (ctx, input) => watch(ctx, input, desk),
    token: (ctx, input) => token(ctx, input, desk),
    quiet: (ctx, input) => quiet(ctx, input, desk),
    deny: (ctx, input) => deny(ctx, input, desk),
    reset: (ctx, input) => reset(ctx, input, desk),
  });
}

function serve(desk: Desk, dispatcher: Dispatcher, logger: Log): Service {
  return {
    name: 'delivery',
    async start() {
      desk.agenda.start(dispatcher, logger);
      desk.sessions.restart();
      for (const room of await dispatcher.act(listRooms)) {
        desk.tendLater(room, desk.pace.lost_ms);
        desk.agenda.set(`release ${room}`, 0, (ctx) => show(ctx, desk, room));
      }
    },
    stop: () => desk.agenda.stop(),
  };
}

/** Rooms in which something may be due: those of the process before this one. */
async function listRooms(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.tx
    .selectFrom('mls_group')
    .select('room')
    .union(ctx.tx.selectFrom('mls_knock').select('room'))
    .execute();
  return rows.map(({ room }) => room);
}
