/** The real PostgreSQL, the system's and the npm build, through the service that main.ts starts. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { until } from '#test/until.ts';
import {
  bundled_bin,
  type Folder,
  listProcesses,
  makeFolder,
  type Stand,
  start,
  startParent,
} from './test-stand.ts';

const back_ms = 10_000;

/** A started database in a folder of its own. */
async function begin(t: TestContext, pg_bin?: string, below = ''): Promise<[Stand, Folder]> {
  const folder = await makeFolder(t);
  const stand = folder.open({ pg_bin, data_dir: join(folder.path, below) });
  await start(stand);
  return [stand, folder];
}

for (const [name, pg_bin] of [
  ['the PostgreSQL that is found', undefined],
  ['the PostgreSQL from npm', bundled_bin],
] as const)
  test(name, async (t) => {
    const [first, folder] = await begin(t, pg_bin);
    const stand = folder.open({ pg_bin });

    await t.test('keeps what was written over stop and start, and leaves no process', async () => {
      await first.query('create table kept (word text)');
      await first.query('insert into kept values ($1)', ['été']);
      await first.db.stop();
      assert.deepEqual(await listProcesses(folder.path), []);
      await start(stand);
      const rows = await stand.query('select word, upper(word) as loud from kept');
      assert.deepEqual(rows, [{ word: 'été', loud: 'ÉTÉ' }]);
      assert.deepEqual(await stand.db.health(), { ok: true });
      assert.match(stand.db.description, /^PostgreSQL \d+/);
    });

    await t.test('serves a role that is no superuser, on its socket alone', async () => {
      const rows = await stand.query(
        `select current_user as role, current_setting('is_superuser') as super,
                current_setting('listen_addresses') as addresses`,
      );
      assert.deepEqual(rows, [{ role: 'conclave', super: 'off', addresses: '' }]);
      await assert.rejects(stand.query(`select pg_read_file('/etc/passwd')`), /permission denied/);
    });

    await t.test('comes back after kill -9, even while a query runs', async () => {
      // Computes without ever waiting, so its process does not notice that the parent is gone.
      const busy = stand.query('select count(*) from generate_series(1, 1000000000)');
      const cut = assert.rejects(busy);
      const working = `select from pg_stat_activity where query like '%generate_series%' and pid <> pg_backend_pid()`;
      await until('the query to run', back_ms, async () => (await stand.query(working)).length > 0);
      const pid = stand.db.pid;
      assert.ok(pid);
      process.kill(pid, 'SIGKILL');
      await until('the database to be back', back_ms, async () => {
        const { ok } = await stand.db.health();
        return ok && stand.db.pid !== pid;
      });
      await cut;
      assert.deepEqual(await stand.query('select word from kept'), [{ word: 'été' }]);
    });
  });

/** Kills a server that has a database in the folder, after `before` was told its postmaster. */
async function abandon(folder: Folder, before: (pid: number) => void): Promise<number> {
  const parent = await startParent(folder.path);
  const text = await readFile(join(folder.path, 'postgres/data/postmaster.pid'), 'utf8');
  const pid = Number.parseInt(text, 10);
  before(pid);
  await parent.kill();
  return pid;
}

test('a server that was killed', async (t) => {
  const folder = await makeFolder(t);
  const works = async (left: number): Promise<void> => {
    const stand = folder.open();
    await start(stand);
    assert.equal((await listProcesses(folder.path)).includes(left), false);
    assert.deepEqual(await stand.query('select 1 as one'), [{ one: 1 }]);
    await stand.db.stop();
    assert.deepEqual(await listProcesses(folder.path), []);
  };

  await t.test('alone', async () => {
    await works(await abandon(folder, () => undefined));
  });

  await t.test('while its PostgreSQL hears nothing', async () => {
    // Stopped, it hears neither of its server's death nor of the polite requests to end.
    const left = await abandon(folder, (pid) => process.kill(pid, 'SIGSTOP'));
    assert.equal((await listProcesses(folder.path)).includes(left), true);
    await works(left);
  });

  await t.test('along with its PostgreSQL', async () => {
    await works(await abandon(folder, (pid) => process.kill(pid, 'SIGKILL')));
  });

  await t.test('long ago, so that another process has the number', async () => {
    const file = join(folder.path, 'postgres/data/postmaster.pid');
    await writeFile(file, `${process.pid}\n/elsewhere\n`);
    await works(0);
  });
});

test('reaches the socket below a long path of odd characters', async (t) => {
  const below = `a,"b c' ${'long'.repeat(25)}`;
  const [stand] = await begin(t, undefined, below);
  assert.deepEqual(await stand.query('select 1 as one'), [{ one: 1 }]);
  const { host } = stand.db.connection();
  assert.ok(host && host.length < 90, host);
});

test('works in a folder that is closed to others, for root too', async (t) => {
  const folder = await makeFolder(t);
  const closed = join(folder.path, 'closed');
  await mkdir(closed, { mode: 0o700 });
  const stand = folder.open({ data_dir: join(closed, 'data') });
  await start(stand);
  assert.deepEqual(await stand.query('select 1 as one'), [{ one: 1 }]);
  assert.equal((await stat(closed)).mode & 0o777, 0o700);
});

test('is not confused by what a crash while making the database left', async (t) => {
  const folder = await makeFolder(t);
  await mkdir(join(folder.path, 'postgres/data.0badcafe.new/base'), { recursive: true });
  const stand = folder.open();
  await start(stand);
  const names = await readdir(join(folder.path, 'postgres'));
  assert.deepEqual(
    names.filter((name) => name.startsWith('data')),
    ['data'],
  );
});

test('writes no value of a query to the log, whatever goes wrong', async (t) => {
  const [stand] = await begin(t);
  const value = 'a value that is nobody’s business';
  await stand.query('create table kept (word text primary key)');
  await stand.query('insert into kept values ($1)', [value]);
  await assert.rejects(stand.query('insert into kept values ($1)', [value]), /duplicate key/);
  await assert.rejects(stand.query('select $1::int', [value]), /invalid input syntax/);
  const cut = assert.rejects(stand.query(`select pg_sleep(1000), '${value}'`));
  const find = `select pid from pg_stat_activity where query like 'select pg_sleep%'`;
  const [backend] = await until('the query to run', back_ms, async () => {
    const rows = await stand.query<{ pid: number }>(find);
    return rows.length > 0 && rows;
  });
  assert.ok(backend);
  process.kill(backend.pid, 'SIGKILL');
  await cut;
  await until('recovery', back_ms, async () => (await stand.db.health()).ok);
  await stand.db.stop();
  const log = stand.log_lines.join('');
  assert.match(log, /was terminated by signal 9/);
  assert.equal(log.includes('nobody'), false);
});
