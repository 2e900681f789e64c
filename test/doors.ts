/** The server's doors before a test's own calls: HTTP and the live connection, without pages. */
import { createHttp, type Http } from '#src/app/http.ts';
import type { Dispatcher } from '#src/app/server.ts';
import { Sockets } from '#src/app/socket.ts';
import { readConfig } from '#src/config.ts';
import type { Bench } from './database.ts';

/** Listens on a free port; who opens them stops `http`. */
export async function openDoors(
  { events, log }: Bench,
  dispatcher: Dispatcher,
): Promise<{ readonly http: Http; readonly sockets: Sockets }> {
  const sockets = new Sockets({ dispatcher, events, log });
  const http = createHttp({
    config: readConfig({ PORT: '0' }),
    log,
    pages: { build: 'test', page: () => undefined, asset: () => undefined },
    dispatcher,
    sockets,
    doors: [],
    health: async () => ({ status: 'ok', checks: {} }),
  });
  await http.start(new AbortController().signal);
  return { http, sockets };
}
