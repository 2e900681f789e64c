/**
 * A service is anything that runs for as long as the server does: HTTP, the media engine, queues.
 * It starts inside `run`, reports readiness by resolving `ready`, and returns once `signal` is
 * aborted and everything it opened is closed. Nothing calls `process.exit`: the whole server can
 * be created twice in one process, which is what keeps the tests honest.
 */
export interface Service {
  readonly name: string;
  /** Resolves once the service is usable. Rejects when it cannot start. */
  start(signal: AbortSignal): Promise<void>;
  /** Resolves when everything is closed. Called once, after `signal` was aborted. */
  stop(): Promise<void>;
}

/** What `/healthz` asks of a part: `ok`, and one sentence for the operator when it is not. */
export interface Health {
  readonly ok: boolean;
  readonly detail?: string;
}

/**
 * Starts services in order; when one fails, stops those already running in reverse order and
 * throws the first failure.
 */
export async function startAll(services: readonly Service[], signal: AbortSignal): Promise<void> {
  const running: Service[] = [];
  try {
    for (const service of services) {
      running.push(service);
      await service.start(signal);
      signal.throwIfAborted();
    }
  } catch (cause) {
    await stopAll(running);
    throw cause;
  }
}

/** Stops services in reverse order of their start; every one is stopped even when another fails. */
export async function stopAll(services: readonly Service[]): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services.toReversed()) {
    try {
      await service.stop();
    } catch (cause) {
      failures.push(cause);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some services did not stop cleanly');
}
