/** The real engine under its supervisor. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { AccessToken } from 'livekit-server-sdk';
import { OperatorError } from '#src/app/error.ts';
import type { Health } from '#src/app/service.ts';
import { until } from '#test/until.ts';
import { Engine } from './engine.ts';
import type { EngineOptions, EngineTimes } from './engine.ts';
import { logLine } from './engine-process.ts';
import { createTestLog, engine_path, isAlive, keys } from './test-stand.ts';

const { log, lines } = createTestLog();
const live = new AbortController().signal;

/** Every engine of this file: one that a failed test left would keep the whole run alive. */
const created: Engine[] = [];
after(() => Promise.all(created.map((engine) => engine.stop())));

function createTestEngine(
  change: Partial<EngineOptions> = {},
  times: Partial<EngineTimes> = {},
): Engine {
  const engine = new Engine(
    {
      log,
      log_level: 'trace',
      engine_path,
      keys,
      ports: { udp: 0, tcp: 0, turn: 0 },
      chooseNodeIp: () => Promise.resolve('127.0.0.1'),
      node_ip_follows: false,
      webhook_url: () => 'http://127.0.0.1:9/',
      onRestart: () => undefined,
      ...change,
    },
    times,
  );
  created.push(engine);
  return engine;
}

/**
 * What an engine asks for at each launch, as an event: a restart takes less time than one look
 * of `until`, so whoever must act in the middle of it acts here.
 */
function onLaunch(act: () => void): Pick<EngineOptions, 'webhook_url'> {
  return {
    webhook_url: () => {
      act();
      return 'http://127.0.0.1:9/';
    },
  };
}

function answers(url: string | undefined): Promise<boolean> {
  return fetch(`${url}/`).then(
    (response) => response.ok,
    () => false,
  );
}

function pidOf(engine: Engine): number {
  const pid = engine.pid();
  assert.ok(pid !== undefined, 'the engine is up');
  return pid;
}

describe('two engines on one machine', () => {
  const engines = [createTestEngine(), createTestEngine()];
  before(() => Promise.all(engines.map((engine) => engine.start(live))));
  after(() => Promise.all(engines.map((engine) => engine.stop())));

  test('both serve, on ports of their own', async () => {
    for (const engine of engines) {
      assert.deepEqual(engine.health(), { ok: true });
      assert.ok(await answers(engine.url()));
    }
    const all = engines.flatMap((engine) => Object.values(engine.ports() ?? {}));
    assert.equal(new Set(all).size, 8);
  });
});

describe('an engine that falls', () => {
  let restarted = 0;
  const said: Health[] = [];
  const engine = createTestEngine(
    {
      onRestart: () => void (restarted += 1),
      ...onLaunch(() => void said.push(engine.health())),
    },
    { check_ms: 50 },
  );
  before(() => engine.start(live));
  after(() => engine.stop());

  test('kill -9: it is back on the same ports', async () => {
    const pid = pidOf(engine);
    const ports = engine.ports();
    process.kill(pid, 'SIGKILL');
    await until('the engine is known to be down', 5000, () => engine.pid() !== pid);
    assert.ok(await answers(await engine.untilUp(5000)));
    assert.notEqual(engine.pid(), pid);
    assert.deepEqual(engine.ports(), ports);
    assert.equal(engine.restarts(), 1);
    assert.equal(restarted, 1);
  });

  test('one that hangs is killed and replaced', { timeout: 30_000 }, async () => {
    const pid = pidOf(engine);
    process.kill(pid, 'SIGSTOP');
    await until('another engine', 20_000, () => {
      const now = engine.pid();
      return now !== undefined && now !== pid;
    });
    assert.equal(isAlive(pid), false);
    assert.ok(await answers(engine.url()));
  });

  test('while it is down, health says why', async () => {
    const falls = said.length;
    process.kill(pidOf(engine), 'SIGKILL');
    await until('it is started again', 10_000, () => said.length > falls);
    assert.deepEqual(said.at(-1)?.ok, false);
    assert.match(said.at(-1)?.detail ?? '', /The media engine is down: .*SIGKILL/);
    assert.ok(await engine.untilUp(10_000));
  });
});

describe('when this machine gets another address', () => {
  async function moved(node_ip_follows: boolean): Promise<Engine> {
    let address = '198.51.100.1';
    const engine = createTestEngine(
      { chooseNodeIp: () => Promise.resolve(address), node_ip_follows },
      { check_ms: 50 },
    );
    await engine.start(live);
    assert.equal(engine.nodeIp(), address);
    address = '198.51.100.2';
    return engine;
  }

  test('the engine follows', async () => {
    const engine = await moved(true);
    await until('it announces the new one', 10_000, () => {
      return engine.nodeIp() === '198.51.100.2' && engine.restarts() === 1 && engine.health().ok;
    });
    await engine.stop();
  });

  test('but not when the operator named one', async () => {
    const engine = await moved(false);
    const pid = pidOf(engine);
    process.kill(pid, 'SIGKILL');
    await until('it is back', 10_000, () => engine.restarts() === 1 && engine.health().ok);
    assert.equal(engine.nodeIp(), '198.51.100.1');
    await engine.stop();
  });
});

describe('the end', () => {
  test('stop leaves no process, and nothing is started again', async () => {
    const engine = createTestEngine();
    await engine.start(live);
    const pid = pidOf(engine);
    await engine.stop();
    assert.equal(isAlive(pid), false);
    assert.equal(engine.url(), undefined);
    assert.equal(engine.restarts(), 0);
  });

  test('stop ends also one that hangs', async () => {
    const engine = createTestEngine();
    await engine.start(live);
    const pid = pidOf(engine);
    process.kill(pid, 'SIGSTOP');
    await engine.stop();
    assert.equal(isAlive(pid), false);
  });

  test('stop while it is being started again leaves none either', async () => {
    let launched = false;
    let stopped: Promise<void> | undefined;
    const engine = createTestEngine(
      onLaunch(() => {
        if (launched) stopped = engine.stop();
        launched = true;
      }),
    );
    await engine.start(live);
    const { http } = engine.ports() ?? {};
    process.kill(pidOf(engine), 'SIGKILL');
    await until('it is being started again', 5000, () => stopped !== undefined);
    await stopped;
    assert.equal(await answers(`http://127.0.0.1:${http}`), false);
  });

  test('an engine whose parent was killed ends by itself', async () => {
    const script = `
      import { spawnEngine } from ${JSON.stringify(import.meta.resolve('./engine-process.ts'))};
      import { engineConfig } from ${JSON.stringify(import.meta.resolve('./engine-config.ts'))};
      import { choosePorts } from ${JSON.stringify(import.meta.resolve('./ports.ts'))};
      import { createLog } from ${JSON.stringify(import.meta.resolve('../app/log.ts'))};
      const ports = await choosePorts({ udp: 0, tcp: 0, turn: 0 });
      const config = engineConfig({
        keys: { key: 'k', secret: 's'.repeat(32) }, ports, node_ip: '127.0.0.1',
        webhook_url: 'http://127.0.0.1:9/', log_level: 'info',
      });
      const engine = await spawnEngine(process.argv[1], config, createLog('silent'));
      process.stdout.write(String(engine.pid));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script, engine_path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [text]: unknown[] = await once(parent.stdout, 'data');
    const pid = Number(String(text));
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    await until('the engine ended', 5000, () => !isAlive(pid));
  });
});

describe('what keeps it from starting is one sentence for the operator', () => {
  async function failure(engine: Engine): Promise<string> {
    const cause: unknown = await engine.start(live).then(
      () => assert.fail('it started'),
      (reason: unknown) => reason,
    );
    await engine.stop();
    assert.ok(cause instanceof OperatorError, String(cause));
    assert.equal(engine.url(), undefined);
    return cause.message;
  }

  test('it is not built', async () => {
    const message = await failure(createTestEngine({ engine_path: `${engine_path}-absent` }));
    assert.match(message, /no media engine at .*-absent/);
  });

  test('a port that was asked for is taken: TCP', async () => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const address = taken.address();
    const tcp = typeof address === 'object' && address ? address.port : 0;
    const engine = createTestEngine({ ports: { udp: 0, tcp, turn: 0 } }, { taken_ports_ms: 200 });
    assert.match(await failure(engine), new RegExp(`Port ${tcp}/tcp .*is taken`));
    taken.close();
  });

  test('a port that was asked for is taken: UDP and TURN', async () => {
    const taken = createSocket('udp4').bind(0);
    await once(taken, 'listening');
    const { port } = taken.address();
    for (const ports of [
      { udp: port, tcp: 0, turn: 0 },
      { udp: 0, tcp: 0, turn: port },
    ]) {
      const engine = createTestEngine({ ports }, { taken_ports_ms: 200 });
      assert.match(await failure(engine), new RegExp(`Port ${port}/udp .*is taken`));
    }
    taken.close();
  });

  test('it refuses a setting', async () => {
    const engine = createTestEngine({ chooseNodeIp: () => Promise.resolve('nowhere') });
    assert.match(await failure(engine), /does not start: .*invalid ip nowhere/);
  });
});

describe('the program itself', () => {
  function run(stdin: string): ChildProcessWithoutNullStreams {
    const child = spawn(engine_path, [], { env: {} });
    child.stdin.on('error', () => undefined);
    child.stdin.write(stdin);
    return child;
  }

  for (const [stdin, words] of [
    ['abc\n', /length of the configuration must be/],
    ['0\n', /length of the configuration must be/],
    ['2000000\n', /length of the configuration must be/],
    ['12\nunknown: key', /field unknown not found/],
    ['2\n{}', /one of key-file or keys must be provided/],
  ] as const)
    test(`refuses ${JSON.stringify(stdin)} in one line`, async () => {
      const child = run(stdin);
      let text = '';
      child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
      const [status]: unknown[] = await once(child, 'close');
      assert.equal(status, 1);
      assert.match(text, /^conclave-engine: .*\n$/);
      assert.match(text, words);
    });

  test('is not ended by the Ctrl-C that its parent also gets', async () => {
    const engine = createTestEngine();
    await engine.start(live);
    const pid = pidOf(engine);
    process.kill(pid, 'SIGINT');
    assert.ok(await answers(engine.url()));
    assert.ok(isAlive(pid));
    await engine.stop();
    assert.equal(engine.restarts(), 0);
  });
});

describe('no token reaches the log', () => {
  test('not in a line of the engine, whatever its form', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
    const own = createTestLog();
    for (const line of [
      `{"level":"error","msg":"invalid token: ${token}, error: x","url":"/rtc?access_token=${token}"}`,
      `panic: ${token}`,
      `{"level":"warn","msg":"cut off ${token}`,
    ])
      logLine(own.log, line);
    assert.equal(own.lines.length, 3);
    for (const line of own.lines) assert.ok(!line.includes(token.slice(0, 24)), line);
  });

  test('not when the real engine complains about one', async () => {
    const engine = createTestEngine();
    await engine.start(live);
    try {
      const foreign = new AccessToken(keys.key, 'another secret of 32 characters or more', {
        identity: 'eve',
      });
      foreign.addGrant({ roomJoin: true, room: 'r' });
      const token = await foreign.toJwt();
      const from = lines.length;
      const response = await fetch(`${engine.url()}/rtc/validate?access_token=${token}`);
      assert.equal(response.status, 401);
      assert.ok((await response.text()).includes(token), 'the engine itself repeats it');
      await until('the engine wrote about it', 5000, () =>
        lines.slice(from).some((line) => line.includes('[redacted]')),
      );
      for (const line of lines) assert.ok(!line.includes(token.split('.')[2] ?? '?'), line);
    } finally {
      await engine.stop();
    }
  });
});
