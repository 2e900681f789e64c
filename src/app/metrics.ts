import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Gauge, Registry } from '@prometheus-io/client';
import { OperatorError } from './error.ts';
import type { Events } from './events.ts';
import type { Lang, OperatorPage } from './operator-page.ts';
import { chooseLang } from './pages.ts';
import type { Dispatcher } from './server.ts';
import type { Service } from './service.ts';
import type { Sockets } from './socket.ts';

/** A number read when it is asked for; with labels, one number each. */
export interface Measure {
  readonly name: string;
  readonly help: string;
  readonly read: () =>
    | number
    | readonly { readonly labels: Record<string, string>; readonly value: number }[];
  readonly labels?: readonly string[];
}

/** The machinery's own numbers. */
export function measureApp(parts: {
  dispatcher: Pick<Dispatcher, 'inflight' | 'counts'>;
  events: Events;
  sockets: Sockets;
}): Measure[] {
  const { dispatcher, events, sockets } = parts;
  return [
    {
      name: 'conclave_calls_inflight',
      help: 'Calls being served now.',
      read: () => dispatcher.inflight,
    },
    {
      name: 'conclave_calls_total',
      help: 'Calls by name and outcome.',
      labels: ['call', 'outcome'],
      read: () =>
        [...dispatcher.counts].flatMap(([call, counts]) =>
          Object.entries(counts).map(([outcome, value]) => ({ labels: { call, outcome }, value })),
        ),
    },
    { name: 'conclave_connections', help: 'Live connections open.', read: () => sockets.open },
    {
      name: 'conclave_connections_dropped_total',
      help: 'Live connections closed by the server, by reason.',
      labels: ['reason'],
      read: () => [...sockets.dropped].map(([reason, value]) => ({ labels: { reason }, value })),
    },
    {
      name: 'conclave_events_delivered_total',
      help: 'Events handed to live connections.',
      read: () => events.delivered,
    },
    {
      name: 'conclave_accounts_followed',
      help: 'Accounts with at least one reader.',
      read: () => events.accounts,
    },
  ];
}

/** The page at `/`, in the language asked for. */
export type DrawPage = (lang: Lang) => Promise<OperatorPage>;

export interface Metrics extends Service {
  readonly origin: string;
}

const page_headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** A page of the web could give its own name to this address, and read it as its own (DNS rebinding). */
function isLocal(host = ''): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

/**
 * `/metrics` in Prometheus's text format, on a loopback port of its own: it tells how much is
 * going on, which is nobody's business but the operator's. Holds counts only, no id of anything. `/`
 * says the same in words.
 */
export function createMetrics(port: number, measures: readonly Measure[], draw: DrawPage): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name, help, read, labels = [] } of measures) {
    const gauge: Gauge<string> = new Gauge<string>({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect(): void {
        const value = read();
        if (typeof value === 'number') return gauge.set(value);
        gauge.reset();
        for (const row of value) gauge.set(row.labels, row.value);
      },
    });
  }
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (!isLocal(req.headers.host)) {
      res.writeHead(403).end();
    } else if (req.url === '/metrics') {
      const text = await registry.metrics();
      res.writeHead(200, { 'Content-Type': registry.contentType }).end(text);
    } else if (req.url === '/') {
      const { html, csp } = await draw(chooseLang('', req.headers['accept-language'] ?? ''));
      res.writeHead(200, { ...page_headers, 'Content-Security-Policy': csp }).end(html);
    } else {
      res.writeHead(404).end();
    }
  };
  const server = createServer((req, res) => {
    answer(req, res).catch(() => res.writeHead(500).end());
  });
  let origin = '';
  return {
    name: 'metrics',
    get origin() {
      return origin;
    },
    async start() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', (cause: NodeJS.ErrnoException) => {
          const taken = `The port of /metrics, ${port}, is in use. Set CONCLAVE_METRICS_PORT to another one; 0 takes any free one.`;
          reject(cause.code === 'EADDRINUSE' ? new OperatorError(taken, { cause }) : cause);
        });
        server.listen(port, '127.0.0.1', resolve);
      });
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
