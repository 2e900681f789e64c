import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '#src/app/error.ts';
import { redactText } from '#src/app/log.ts';
import type { Log } from '#src/app/log.ts';

/** One running engine. It ends by itself when this process does: its stdin closes. */
export interface EngineProcess {
  readonly pid: number;
  /** Resolves once the process is gone, with its own words for why, or how it ended. */
  readonly exited: Promise<string>;
  isRunning(): boolean;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** @throws OperatorError when there is no engine at `path`. */
export async function checkBinary(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch {
    throw new OperatorError(
      `There is no media engine at ${path}: build it with "npm start", or set LIVEKIT_URL`,
    );
  }
}

/**
 * Starts the engine. Its configuration, which holds the API secret, goes through stdin and not
 * through argv or the environment, which other processes can read; it gets no environment at all,
 * so nothing of ours (the database's password) reaches it.
 */
export async function spawnEngine(path: string, config: string, log: Log): Promise<EngineProcess> {
  const child = spawn(path, [], { cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'pipe'] });
  let running = true;
  let words = '';
  const exited = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      running = false;
      resolve(words || `it ended with ${signal ?? `status ${code}`}`);
    });
  });
  child.stdin.on('error', () => undefined);
  readLines(child.stdout, (line) => logLine(log, line));
  readLines(child.stderr, (line) => {
    const own = /^conclave-engine: (.*)/.exec(line);
    if (own?.[1]) words = redactText(own[1]);
    logLine(log, line);
  });
  child.once('error', (cause) => {
    words = cause.message;
  });
  if (child.pid === undefined) {
    await once(child, 'error').catch(() => undefined);
    throw new OperatorError(`The media engine at ${path} cannot be run: ${words}`);
  }
  child.stdin.write(`${Buffer.byteLength(config)}\n${config}`);
  return {
    pid: child.pid,
    exited,
    isRunning: () => running,
    signal: (name) => {
      child.kill(name);
    },
  };
}

/** Waits until the engine at `url` serves, asking every 20 ms; false when it ended or was late. */
export async function untilHealthy(
  engine: EngineProcess,
  url: string,
  timeout_ms: number,
): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (engine.isRunning() && performance.now() < deadline) {
    if ((await isHealthy(url, 1000)) && engine.isRunning()) return true;
    await sleep(20);
  }
  return false;
}

/** `GET /` answers 200, or 406 when the engine's own clockwork has stood still for 4 s. */
export function isHealthy(url: string, timeout_ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: timeout_ms }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

function readLines(stream: Readable, take: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', take);
}

const levels: ReadonlySet<string> = new Set(['debug', 'info', 'warn', 'error']);

function isLevel(level: unknown): level is 'debug' | 'info' | 'warn' | 'error' {
  return typeof level === 'string' && levels.has(level);
}

/**
 * A line of the engine in our log. The engine writes whole join tokens into its errors (media
 * design section 1), so every line is redacted before anything else looks at it.
 */
export function logLine(log: Log, line: string): void {
  const text = redactText(line);
  const fields = parseObject(text);
  if (fields === undefined) {
    log.warn(text);
    return;
  }
  const { level, msg, ts: _ts, ...rest } = fields;
  log[isLevel(level) ? level : 'warn'](rest, typeof msg === 'string' ? msg : '');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
