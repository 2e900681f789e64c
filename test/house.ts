/** Whole servers for tests: in this process, or in one of their own that may be killed. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '#src/app/log.ts';
import { readConfig } from '#src/config.ts';
import { serve } from '#src/main.ts';
import type { House } from '#src/main.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface TestHouse {
  readonly house: House;
  readonly origin: string;
  readonly data_dir: string;
  /** Every line the server logged, down to the finest level. */
  readonly log_lines: readonly string[];
  stop(): Promise<void>;
}

export interface HouseProcess {
  readonly origin: string;
  readonly data_dir: string;
  readonly pids: () => Pids;
  /** What it wrote on both outputs since the first start. */
  readonly output: () => string;
  /** Ends the server alone with SIGKILL, as an out-of-memory killer would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Processes of a running server; undefined while one is being started again. */
export interface Pids {
  readonly node: number;
  readonly postgres: number | undefined;
  readonly engine: number | undefined;
}

type Environment = Readonly<Record<string, string>>;

function testEnvironment(data_dir: string, port: number, extra: Environment): Environment {
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    CONCLAVE_DATA: data_dir,
    CONCLAVE_NODE_IP: '127.0.0.1',
    CONCLAVE_MEDIA_UDP_PORT: '0',
    CONCLAVE_MEDIA_TCP_PORT: '0',
    CONCLAVE_TURN_PORT: '0',
    CONCLAVE_METRICS_PORT: '0',
    LOG_LEVEL: 'trace',
    ...extra,
  };
}

function makeDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'conclave-house-'));
}

/**
 * Starts a whole server in this process on free ports with an empty data folder, with a
 * PostgreSQL that does not flush. `extra` overrides settings by their names; `web_dir` is another
 * folder with a web client than dist/web.
 */
export async function startHouse(extra: Environment = {}, web_dir?: string): Promise<TestHouse> {
  const data_dir = makeDataFolder();
  const log_lines: string[] = [];
  const log = createLog('trace', { write: (line) => void log_lines.push(line) });
  const remove = (): void => {
    rmSync(data_dir, { recursive: true, force: true });
  };
  try {
    const config = readConfig(testEnvironment(data_dir, 0, extra));
    const house = await serve(config, {
      log,
      durable: false,
      ...(web_dir === undefined ? {} : { web_dir }),
    });
    return {
      house,
      origin: house.origin,
      data_dir,
      log_lines,
      stop: async () => {
        await house.stop();
        remove();
      },
    };
  } catch (cause) {
    remove();
    throw new Error(`the server did not start; it logged\n${log_lines.slice(-20).join('')}`, {
      cause,
    });
  }
}

/** Starts `node src/main.ts` as its own process on a free port, and waits until it is healthy. */
export async function startHouseProcess(extra: Environment = {}): Promise<HouseProcess> {
  const data_dir = makeDataFolder();
  const port = await freePort();
  const origin = `http://127.0.0.1:${String(port)}`;
  const environment = testEnvironment(data_dir, port, extra);
  let output = '';
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, ['src/main.ts'], {
      cwd: root,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    await until(`a healthy server at ${origin}`, 60_000, async () => {
      if (child.exitCode !== null) return true;
      return (await fetch(`${origin}/healthz`)).ok;
    });
    if (child.exitCode !== null) throw new Error(`the server ended:\n${output.slice(-4000)}`);
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  await start();
  return {
    origin,
    data_dir,
    pids: () => findPids(child.pid ?? 0),
    output: () => output,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      await end('SIGTERM');
      rmSync(data_dir, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** The same for UDP. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of this machine. */
export function listProcesses(): Process[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

function findPids(node: number): Pids {
  const children = listProcesses().filter(({ parent }) => parent === node);
  const find = (pattern: RegExp): number | undefined =>
    children.find(({ command }) => pattern.test(command))?.pid;
  return { node, postgres: find(/postgres\b.* -D /), engine: find(/conclave-engine/) };
}
