import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '#src/app/error.ts';
import type { Log, LogLevel } from '#src/app/log.ts';
import type { Health } from '#src/app/service.ts';
import { isLoopback, isOwnAddress } from './address.ts';
import { engineConfig } from './engine-config.ts';
import { checkBinary, isHealthy, spawnEngine, untilHealthy } from './engine-process.ts';
import type { EngineProcess } from './engine-process.ts';
import type { MediaKeys } from './keys.ts';
import { choosePorts } from './ports.ts';
import type { EnginePorts, PortWishes } from './ports.ts';
import type { Upstream } from './upstream.ts';

export interface EngineOptions {
  readonly log: Log;
  readonly log_level: LogLevel;
  readonly engine_path: string;
  readonly keys: MediaKeys;
  readonly ports: PortWishes;
  /** Asked again when this machine's addresses change. */
  readonly chooseNodeIp: () => Promise<string>;
  /** False when the operator named the address: it stays, whatever the interfaces do. */
  readonly node_ip_follows: boolean;
  readonly webhook_url: () => string;
  /** The engine is back after it was gone: its rooms and the people in them are not. */
  readonly onRestart: () => void;
}

/** What tests hurry; everything else takes the defaults. */
export interface EngineTimes {
  readonly check_ms: number;
  readonly start_ms: number;
  readonly taken_ports_ms: number;
}

const default_times: EngineTimes = { check_ms: 2000, start_ms: 10_000, taken_ports_ms: 5000 };
const backoff_ms = [0, 250, 1000, 5000];
const health_failures_max = 3;
const health_timeout_ms = 1500;
/** A change of address must be seen this often in a row: a Wi-Fi that blinks is no move. */
const moves_max = 2;
/** After this long without a fall the next one is a first one again. */
const steady_ms = 30_000;
const drain_ms = 200;
const kill_ms = 1500;

/**
 * The engine as a supervised child: started with ports of its own, asked after its health, killed
 * when it no longer answers, started again at once when it ends (media design section 1).
 */
export class Engine implements Upstream {
  readonly name = 'media engine';
  readonly #options: EngineOptions;
  readonly #times: EngineTimes;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  #child: EngineProcess | undefined;
  #ports: EnginePorts | undefined;
  #node_ip: string | undefined;
  #up = false;
  #restarts = 0;
  #trouble = 'it has not started yet';
  #supervision: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions, times: Partial<EngineTimes> = {}) {
    this.#options = options;
    this.#times = { ...default_times, ...times };
  }

  url(): string | undefined {
    return this.#up && this.#ports ? `http://127.0.0.1:${this.#ports.http}` : undefined;
  }

  restarts(): number {
    return this.#restarts;
  }

  pid(): number | undefined {
    return this.#up ? this.#child?.pid : undefined;
  }

  ports(): EnginePorts | undefined {
    return this.#ports;
  }

  /** The address media is announced at. */
  nodeIp(): string | undefined {
    return this.#node_ip;
  }

  health(): Health {
    if (this.#up) return { ok: true };
    return { ok: false, detail: `The media engine is down: ${this.#trouble}` };
  }

  /** @throws OperatorError when it is not built, a port is taken, or it refuses a setting. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await checkBinary(this.#options.engine_path);
    const reason = await this.#launchPatiently();
    signal.throwIfAborted();
    if (reason !== undefined) throw startError(reason);
    if (this.#child) this.#supervision = this.#supervise(this.#child);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#trouble = 'it was stopped';
    this.#setUp(false);
    if (this.#child) await end(this.#child);
    await this.#supervision;
    // One that was being started while this was called.
    if (this.#child) await end(this.#child);
  }

  async untilUp(timeout_ms: number): Promise<string | undefined> {
    if (this.#up || this.#stopping.signal.aborted) return this.url();
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeout_ms);
      this.#waiting.add(wake);
    });
    return this.url();
  }

  #setUp(up: boolean): void {
    this.#up = up;
    if (up || this.#stopping.signal.aborted) for (const wake of this.#waiting) wake();
  }

  /** Ports that were free a moment ago may be taken: those we chose are chosen anew. */
  async #launchPatiently(): Promise<string | undefined> {
    const deadline_ms = performance.now() + this.#times.taken_ports_ms;
    for (;;) {
      const reason = await this.#launch();
      if (reason === undefined || !isTaken(reason)) return reason;
      this.#ports = undefined;
      if (performance.now() > deadline_ms || this.#stopping.signal.aborted) return reason;
      await this.#pause(100);
    }
  }

  /** One try; the reason when it did not come up. */
  async #launch(): Promise<string | undefined> {
    const { log, engine_path } = this.#options;
    const ports = (this.#ports ??= await choosePorts(this.#options.ports));
    const node_ip = (this.#node_ip ??= await this.#options.chooseNodeIp());
    const config = engineConfig({
      keys: this.#options.keys,
      ports,
      node_ip,
      webhook_url: this.#options.webhook_url(),
      log_level: this.#options.log_level,
    });
    const started_ms = performance.now();
    const child = await spawnEngine(engine_path, config, log);
    this.#child = child;
    const { start_ms } = this.#times;
    const healthy = await untilHealthy(child, `http://127.0.0.1:${ports.http}/`, start_ms);
    if (this.#stopping.signal.aborted) return 'it was stopped';
    if (!healthy) {
      const late = child.isRunning();
      child.signal('SIGKILL');
      const words = await child.exited;
      return late ? `it did not answer within ${start_ms} ms` : words;
    }
    const took_ms = Math.round(performance.now() - started_ms);
    log.info({ pid: child.pid, node_ip, ports, took_ms }, 'media engine is up');
    this.#setUp(true);
    return undefined;
  }

  async #supervise(first: EngineProcess): Promise<void> {
    let current = first;
    let falls = 0;
    while (!this.#stopping.signal.aborted) {
      const up_since_ms = performance.now();
      const words = await this.#watch(current);
      if (this.#stopping.signal.aborted) return;
      this.#trouble = words;
      if (performance.now() - up_since_ms > steady_ms) falls = 0;
      const next = await this.#revive(falls);
      if (next === undefined) return;
      falls += 1;
      current = next;
      this.#options.onRestart();
    }
  }

  /** Starts it again, for as long as it takes; undefined when stopped meanwhile. */
  async #revive(falls: number): Promise<EngineProcess | undefined> {
    for (let tries = falls; ; tries += 1) {
      this.#options.log.error({ reason: this.#trouble }, 'media engine is down; starting it again');
      await this.#pause(backoff_ms[Math.min(tries, backoff_ms.length - 1)] ?? 0);
      if (this.#stopping.signal.aborted) return undefined;
      const reason = await this.#launchPatiently().catch(String);
      if (this.#stopping.signal.aborted) return undefined;
      if (reason !== undefined) {
        this.#trouble = reason;
        continue;
      }
      this.#restarts += 1;
      return this.#child;
    }
  }

  /** Resolves when the engine is gone, by itself or by us because it no longer answers. */
  async #watch(current: EngineProcess): Promise<string> {
    const gone = new AbortController();
    const exited = current.exited.finally(() => {
      this.#up = false;
      gone.abort();
    });
    let failures = 0;
    let moves = 0;
    const signal = AbortSignal.any([gone.signal, this.#stopping.signal]);
    for await (const _ of ticks(this.#times.check_ms, signal)) {
      const url = this.url();
      const healthy = url !== undefined && (await isHealthy(`${url}/`, health_timeout_ms));
      failures = healthy ? 0 : failures + 1;
      const moved = await this.#movedTo();
      moves = moved === undefined ? 0 : moves + 1;
      if (failures < health_failures_max && moves < moves_max) continue;
      this.#options.log.warn({ failures, moved }, 'media engine is of no use any more; killing it');
      if (moved !== undefined) this.#node_ip = moved;
      current.signal('SIGKILL');
      break;
    }
    return exited;
  }

  /** The new address, once the announced one has left this machine and there is another. */
  async #movedTo(): Promise<string | undefined> {
    const { node_ip_follows, chooseNodeIp } = this.#options;
    if (!node_ip_follows || this.#node_ip === undefined) return undefined;
    if (isOwnAddress(this.#node_ip) && !isLoopback(this.#node_ip)) return undefined;
    const wanted = await chooseNodeIp();
    return wanted === this.#node_ip || isLoopback(wanted) ? undefined : wanted;
  }

  async #pause(duration_ms: number): Promise<void> {
    await sleep(duration_ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** A drain has no limit of its own (media design section 1), so the second signal comes soon. */
async function end(engine: EngineProcess): Promise<void> {
  const steps = [
    { name: 'SIGTERM', wait_ms: drain_ms },
    { name: 'SIGTERM', wait_ms: kill_ms },
    { name: 'SIGKILL', wait_ms: Infinity },
  ] as const;
  for (const { name, wait_ms } of steps) {
    if (!engine.isRunning()) return;
    engine.signal(name);
    const late = new AbortController();
    const timer = wait_ms === Infinity ? undefined : setTimeout(() => late.abort(), wait_ms);
    await Promise.race([
      engine.exited,
      new Promise<void>((resolve) => late.signal.addEventListener('abort', () => resolve())),
    ]);
    clearTimeout(timer);
  }
}

async function* ticks(interval_ms: number, signal: AbortSignal): AsyncGenerator<void> {
  while (!signal.aborted) {
    await sleep(interval_ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    yield;
  }
}

function isTaken(reason: string): boolean {
  return /address already in use/i.test(reason);
}

function startError(reason: string): OperatorError {
  const taken = /listen (udp|tcp)\S* \S*?:(\d+)/.exec(reason);
  if (isTaken(reason)) {
    const [, protocol = 'udp', port = '?'] = taken ?? [];
    return new OperatorError(
      `Port ${port}/${protocol} of the media engine is taken: another Conclave may be running. ` +
        'Set CONCLAVE_MEDIA_UDP_PORT, CONCLAVE_MEDIA_TCP_PORT or CONCLAVE_TURN_PORT (0: any free one)',
    );
  }
  return new OperatorError(`The media engine does not start: ${reason}`);
}
