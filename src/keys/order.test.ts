/** One order for everybody, whatever races, repeats, breaks or is killed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Kysely, PostgresDialect, PostgresDriver, type DatabaseConnection } from 'kysely';
import pg from 'pg';
import { startBench, type Bench } from '#test/database.ts';
import { until } from '#test/until.ts';
import type { Database } from '../app/database.ts';
import { createDispatcher, type Dispatcher } from '../app/server.ts';
import type { Tables } from '../app/tables.ts';
import type { Entry, EntryKind } from './contract.ts';
import { accountOf } from './group.ts';
import { bindKeys } from './index.ts';
import * as made from './test-member.ts';
import { gather, Member, random, Refusal } from './test-member.ts';

let bench: Bench;
let dispatcher: Dispatcher;
/** The same room on a database whose server dies at a commit. */
let mortal: { dispatcher: Dispatcher; db: Database };
const stops: (() => Promise<void>)[] = [];
let deadly: 'before the commit' | 'after the commit' | undefined;

/** Kills PostgreSQL where it is told to, so that an answer is lost on either side of a commit. */
class MortalDriver extends PostgresDriver {
  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const when = deadly;
    deadly = undefined;
    if (when !== 'before the commit') await super.commitTransaction(connection);
    if (when === undefined) return;
    process.kill(bench.postgres.pid ?? 0, 'SIGKILL');
    throw new Error('Connection terminated unexpectedly');
  }
}

class MortalDialect extends PostgresDialect {
  readonly #pool: pg.Pool;
  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }
  override createDriver(): PostgresDriver {
    return new MortalDriver({ pool: this.#pool });
  }
}

const quick = { burst: 1_000, refill_ms: 1 };
const rates = { commit: quick, app: quick, signal: quick, read: quick, knock: quick };

before(async () => {
  bench = await startBench();
  const pool = new pg.Pool({ ...bench.postgres.connection(), max: 4 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new MortalDialect(pool) });
  const { log, jobs } = bench;
  type Make = (calls: Parameters<Bench['dispatcher']>[0]) => Dispatcher;
  const serve = async (wait_ms: number, make: Make): Promise<Dispatcher> => {
    const pace = { lost_ms: wait_ms, release_ms: wait_ms, rates };
    const keys = bindKeys({ meetings: made.meetings, media: made.noteMedia(), pace });
    const server = make(keys.calls);
    const service = keys.service(server, log);
    await service.start(new AbortController().signal);
    stops.push(() => service.stop());
    return server;
  };
  dispatcher = await serve(20, (calls) => bench.dispatcher(calls));
  mortal = {
    db,
    // Nothing but the calls of the test commits there.
    dispatcher: await serve(3_600_000, (calls) =>
      createDispatcher(calls, { db, log, enqueue: jobs.enqueue }),
    ),
  };
  stops.push(() => db.destroy());
});
after(async () => {
  for (const stop of stops) await stop();
  await bench.stop();
});

const acts = [
  'commit',
  'app',
  'resync',
  'twice',
  'lost',
  'again',
  'cut',
  'stale',
  'refuse',
] as const;
type Act = (typeof acts)[number];
interface Sent {
  readonly kind: 'commit' | 'app' | 'resync';
  readonly epoch: number;
  readonly msg: string;
  readonly info: string;
}

/** A member that acts at random, and remembers what it was promised and what it saw. */
class Player {
  readonly member: Member;
  readonly promised = new Map<string, number>();
  /** What `log` answered; what came as events is in `member.heard`. */
  readonly pulled: Entry[] = [];
  #last: Sent | undefined;

  constructor(member: Member) {
    this.member = member;
  }

  get seen(): Entry[] {
    const events = this.member.heard.filter(({ event }) => event === 'keys.appended');
    return events.map(({ data }) => data as Entry);
  }

  async act(act: Act): Promise<void> {
    try {
      await this.#do(act);
    } catch (cause) {
      const lawful = ['keys.adrift', 'keys.too-late'];
      if (!(cause instanceof Refusal) || !lawful.includes(cause.code)) throw cause;
    }
  }

  async #do(act: Act): Promise<void> {
    if (act === 'cut' || act === 'stale') return this.#comeBack(act === 'stale');
    if (act === 'refuse') return this.#refuse();
    if (act === 'again') return this.#last && this.#note(this.#last, await this.#send(this.#last));
    const kind = act === 'twice' || act === 'lost' ? 'commit' : act;
    const epoch = this.member.state?.epoch ?? 0;
    const sent: Sent = { kind, epoch, msg: random(24), info: random(24) };
    this.#last = sent;
    if (act === 'lost') {
      const unheard = this.#send(sent).catch(() => undefined);
      await this.#comeBack(false);
      await unheard;
    }
    const answers = [this.#send(sent), ...(act === 'twice' ? [this.#send(sent)] : [])];
    const [one, other = one] = await Promise.all(answers);
    assert.equal(one, other, 'the same bytes had two answers');
    this.#note(sent, one);
  }

  async #send({ kind, epoch, msg, info }: Sent): Promise<number | undefined> {
    const input = { epoch, msg, info, welcomes: [], gone: [] };
    const answer = await this.member.call(kind, input);
    return 'seq' in answer ? answer.seq : undefined;
  }

  #note({ msg }: Sent, seq: number | undefined): void {
    const before_seq = this.promised.get(msg);
    if (before_seq !== undefined) assert.equal(seq, before_seq, 'an answer changed');
    if (seq !== undefined) this.promised.set(msg, seq);
  }

  async #refuse(): Promise<void> {
    const closing = this.seen.filter(({ kind }) => kind === 'commit').at(-1);
    if (closing) await this.member.call('refuse', { seq: closing.seq });
  }

  async #comeBack(forgetful: boolean): Promise<void> {
    const { member } = this;
    const from = (this.seen.at(-1)?.seq ?? this.pulled.at(-1)?.seq ?? 1) + 1;
    await member.reconnect();
    if (forgetful) member.cursor = null;
    await member.watch();
    if (!forgetful) return;
    const { entries } = await member.call('log', { from });
    this.pulled.push(...entries);
  }
}

async function readLog(group: string): Promise<(Entry & { voided: boolean })[]> {
  const query = bench.db.selectFrom('mls_entry').selectAll().where('mls_group', '=', group);
  const rows = await query.orderBy('seq').execute();
  return rows.map(({ seq, kind, epoch, msg, of_seq, voided }) => ({
    seq,
    kind: kind as EntryKind,
    epoch,
    msg: made.b64(msg),
    of: of_seq,
    voided,
  }));
}

/** The log is one history: numbers without a gap, one commit to an epoch, nothing out of its epoch. */
function checkHistory(log: readonly (Entry & { voided: boolean })[]): number {
  let epoch = 0;
  for (const [at, entry] of log.entries()) {
    assert.equal(entry.seq, at + 1);
    if (entry.kind === 'void') {
      assert.equal(log[(entry.of ?? 0) - 1]?.voided, true);
      epoch -= 1;
    }
    assert.equal(entry.epoch, epoch, `entry ${entry.seq}`);
    if (entry.kind === 'commit' || entry.kind === 'resync') epoch += 1;
  }
  const closing = log.filter(({ kind }) => kind === 'commit' || kind === 'resync');
  const standing = closing.filter(({ voided }) => !voided).map((entry) => entry.epoch);
  assert.deepEqual(
    standing,
    standing.map((_epoch, at) => at),
  );
  return epoch;
}

function checkPlayer({ member, promised, pulled, seen }: Player, log: readonly Entry[]): void {
  const plain = log.map(({ seq, kind, epoch, msg, of }) => ({ seq, kind, epoch, msg, of }));
  for (const [msg, seq] of promised)
    assert.equal(plain[seq - 1]?.msg, msg, 'something promised is not in the log');
  const order = seen.map(({ seq }) => seq);
  assert.deepEqual(
    order,
    order.toSorted((one, other) => one - other),
    'events out of order',
  );
  assert.equal(new Set(order).size, order.length, 'an event came twice');
  const known = new Map([...pulled, ...seen].map((entry) => [entry.seq, entry]));
  assert.deepEqual(
    plain.slice(1).map(({ seq }) => known.get(seq)),
    plain.slice(1),
    'a follower saw another history',
  );
  assert.equal(member.state?.seq, log.length);
}

test('many who race, repeat and break off have one history, and lose nothing promised', async () => {
  const plan = fc.array(fc.constantFrom(...acts), { minLength: 4, maxLength: 8 });
  const plans = fc.array(plan, { minLength: 3, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), plans, async (scheduler, each) => {
      const where = await made.makePlace(bench.db, { dispatcher, events: bench.events });
      const players = (await gather(where, each.length)).map((member) => new Player(member));
      const playing = players.map(async (player, at) => {
        for (const act of each[at] ?? []) {
          await scheduler.schedule(Promise.resolve(), act);
          await player.act(act);
        }
      });
      await scheduler.waitFor(Promise.all(playing));
      const group = players[0]?.member.group ?? '';
      const { seq } = await bench.db
        .selectFrom('account')
        .select('seq')
        .where('id', '=', accountOf(group))
        .executeTakeFirstOrThrow();
      for (const { member } of players) await member.until(() => (member.cursor ?? 0) >= seq);
      const log = await readLog(group);
      const epoch = checkHistory(log);
      const state = await made.stateOf(dispatcher, group);
      assert.equal(state.epoch, epoch);
      for (const player of players) {
        checkPlayer(player, log);
        assert.deepEqual(player.member.state, state);
        player.member.wire.cut();
      }
    }),
    { numRuns: 15 },
  );
});

for (const when of ['before the commit', 'after the commit'] as const) {
  test(`PostgreSQL killed ${when}: the same bytes again are accepted once`, async () => {
    // Backends outlive their postmaster for a moment, so what works once may fail once more.
    const back = <T extends object>(work: () => Promise<T>): Promise<T> =>
      until('the database is back', 60_000, work);
    const [ada, ben] = await back(async () =>
      gather(await made.makePlace(bench.db, { ...mortal, events: bench.events }), 2),
    );
    assert.ok(ben);
    const bytes = { msg: random(40), info: random(40) };
    deadly = when;
    assert.equal(await made.codeOf(ada.commit(1, bytes)), 'app.database-away');
    assert.equal(deadly, undefined);
    assert.deepEqual(await back(() => ada.commit(1, bytes)), { seq: 2 });
    assert.deepEqual(await back(() => ada.commit(1, bytes)), { seq: 2 });
    const msg = random(9);
    await back(() => ben.call('app', { epoch: 2, msg }));
    await ben.until(() => ben.state?.seq === 3);
    const log = await back(() => readLog(ada.group));
    assert.equal(checkHistory(log), 2);
    assert.equal(log[1]?.msg, bytes.msg);
    const heard = ben.heard.filter(({ event }) => event === 'keys.appended');
    assert.deepEqual(
      heard.map(({ data }) => (data as Entry).seq),
      [2, 3],
    );
  });
}
