import { statfs } from 'node:fs/promises';
import type { Health } from './service.ts';

/** What `/healthz` answers. `failing` is status 503: something people need is down. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'failing';
  readonly checks: Readonly<
    Record<string, Health & { readonly level: 'ok' | 'degraded' | 'failing' }>
  >;
}

type Check = () => Promise<Health & { level?: 'degraded' }>;

const check_timeout_ms = 2_000;
const disk_low_bytes = 1024 ** 3;
const disk_full_bytes = 64 * 1024 ** 2;

/** Asks every part at once; one that does not answer in time is failing. */
export async function checkHealth(checks: Readonly<Record<string, Check>>): Promise<HealthReport> {
  const asked = Object.entries(checks).map(async ([name, check]) => {
    const health = await withTimeout(check()).catch((cause: unknown): Health => {
      return { ok: false, detail: cause instanceof Error ? cause.message : String(cause) };
    });
    const level = health.ok
      ? 'ok'
      : 'level' in health && health.level === 'degraded'
        ? 'degraded'
        : 'failing';
    return [name, { ...health, level }] as const;
  });
  const results = await Promise.all(asked);
  const levels = new Set(results.map(([, { level }]) => level));
  const status = levels.has('failing') ? 'failing' : levels.has('degraded') ? 'degraded' : 'ok';
  return { status, checks: Object.fromEntries(results) };
}

/** Room left where the data lies. */
export async function checkDisk(folder: string): Promise<Health & { level?: 'degraded' }> {
  const { bavail, bsize } = await statfs(folder);
  return judgeDisk(folder, bavail * bsize);
}

/** Below 1 GiB degraded, below 64 MiB failing: PostgreSQL stops to write when nothing is left. */
export function judgeDisk(folder: string, free_bytes: number): Health & { level?: 'degraded' } {
  const left = `${Math.floor(free_bytes / 1024 ** 2)} MB left on the disk of ${folder}.`;
  if (free_bytes < disk_full_bytes) {
    const detail = `The disk is full: ${left} Running calls go on; nothing new can be saved.`;
    return { ok: false, detail };
  }
  if (free_bytes < disk_low_bytes) return { ok: false, level: 'degraded', detail: left };
  return { ok: true };
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${check_timeout_ms} ms`)),
      check_timeout_ms,
    );
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
