import { setTimeout as sleep } from 'node:timers/promises';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import type { Log } from '#src/app/log.ts';
import type { Upstream } from './upstream.ts';

const check_ms = 10_000;
const timeout_ms = 5000;

/**
 * An outside LiveKit (LIVEKIT_URL). It is not ours to start: while it does not answer, `/healthz`
 * says so, and each join finds out for itself.
 */
export function createExternal(url: string, log: Log): Upstream {
  const stopping = new AbortController();
  let trouble: string | undefined;
  let checks: Promise<void> = Promise.resolve();

  async function check(): Promise<void> {
    const found = await findTrouble(url);
    if (found !== trouble) {
      if (found === undefined) log.info({ url }, 'the outside LiveKit answers');
      else log.error({ url, reason: found }, 'the outside LiveKit does not answer');
    }
    trouble = found;
  }

  async function checkOnAndOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(check_ms, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await check();
    }
  }

  return {
    name: 'outside LiveKit',
    url: () => url,
    untilUp: () => Promise.resolve(url),
    restarts: () => 0,
    pid: () => undefined,
    health: () =>
      trouble === undefined
        ? { ok: true }
        : { ok: false, detail: `LiveKit at ${url} does not answer: ${trouble}` },
    async start() {
      await check();
      checks = checkOnAndOn();
    },
    async stop() {
      stopping.abort();
      await checks;
    },
  };
}

function findTrouble(url: string): Promise<string | undefined> {
  const get = url.startsWith('https:') ? getHttps : getHttp;
  return new Promise((resolve) => {
    const request = get(`${url}/`, { agent: false, timeout: timeout_ms }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status === 200 ? undefined : `it answered ${status}`);
    });
    request.once('timeout', () => request.destroy(new Error(`no answer in ${timeout_ms} ms`)));
    request.once('error', (cause) => resolve(cause.message));
  });
}
