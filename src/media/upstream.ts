import type { Health, Service } from '#src/app/service.ts';

/** Where media is: the engine we run, or an outside LiveKit. */
export interface Upstream extends Service {
  /** Without a trailing slash; undefined while it is down. */
  url(): string | undefined;
  /** The same, waiting at most `timeout_ms` for it to come up. */
  untilUp(timeout_ms: number): Promise<string | undefined>;
  health(): Health;
  /** How often it had to be started again. */
  restarts(): number;
  /** Process id of the engine we run. */
  pid(): number | undefined;
}
