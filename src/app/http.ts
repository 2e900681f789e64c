/**
 * The HTTP door: pages and assets, `POST /rpc/<name>`, `/healthz`, and the upgrade to the live
 * connection. Other rooms mount doors of their own under a prefix (the media signalling proxy).
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { Config } from '../config.ts';
import { readBody } from './body.ts';
import { OperatorError, toWire, UnavailableError } from './error.ts';
import type { HealthReport } from './health.ts';
import { LargeBodies } from './large-bodies.ts';
import type { Log } from './log.ts';
import { callerAddress, isOwnOrigin } from './origin.ts';
import { chooseEncoding, chooseLang, type Asset, type Pages } from './pages.ts';
import type { Dispatcher } from './server.ts';
import type { Service } from './service.ts';
import type { Sockets } from './socket.ts';

/** A part of the address space served by a room itself, below Hono: raw requests and upgrades. */
export interface Door {
  readonly prefix: string;
  request(req: IncomingMessage, res: ServerResponse): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Of a call that states none. */
const body_bytes_max = 64 * 1024;
const headers_timeout_ms = 10_000;
const request_timeout_ms = 30_000;
const connections_max = 20_000;
const header_bytes_max = 16 * 1024;
/** How often Node looks for requests past their time; every 30 s unless told. */
const timeouts_checked_ms = 5_000;
const bare_options = {
  maxHeaderSize: header_bytes_max,
  connectionsCheckingInterval: timeouts_checked_ms,
};
const tls_poll_ms = 2_000;

const permissions = [
  'accelerometer=()',
  'autoplay=(self)',
  'camera=(self)',
  'clipboard-write=(self)',
  'display-capture=(self)',
  'fullscreen=(self)',
  'geolocation=()',
  'gyroscope=()',
  'magnetometer=()',
  'microphone=(self)',
  'midi=()',
  'payment=()',
  'picture-in-picture=(self)',
  'screen-wake-lock=(self)',
  'serial=()',
  'usb=()',
].join(', ');

/** Sent with every answer of this server. */
const every_answer: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': permissions,
};

type Env = { Bindings: HttpBindings };

export interface HttpDeps {
  readonly config: Config;
  readonly log: Log;
  readonly pages: Pages;
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'bodyBytesMax'>;
  readonly sockets: Pick<Sockets, 'upgrade' | 'stop'>;
  readonly health: () => Promise<HealthReport>;
  readonly doors: readonly Door[];
}

export interface Http extends Service {
  /** Where it listens, such as http://127.0.0.1:8080; known once started. */
  readonly origin: string;
}

export function createHttp(deps: HttpDeps): Http {
  const { config, log } = deps;
  const hono = getRequestListener(routes(deps).fetch, { overrideGlobalObjects: false });
  const server = createBareServer(config, log);
  server.headersTimeout = headers_timeout_ms;
  server.requestTimeout = request_timeout_ms;
  server.maxConnections = connections_max;
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    const door = findDoor(deps.doors, req.url);
    if (door) return door.request(req, res);
    void hono(req, res);
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const door = findDoor(deps.doors, req.url);
    if (door) return door.upgrade(req, socket, head);
    if (req.url !== '/ws') return refuseUpgrade(socket, '404 Not Found');
    if (!isOwnOrigin(req, config.public_url)) return refuseUpgrade(socket, '403 Forbidden');
    deps.sockets.upgrade(req, socket, head, actorOf(req, config));
  });

  let origin = '';
  return {
    name: 'http',
    get origin() {
      return origin;
    },
    async start() {
      await listen(server, config);
      const { port } = server.address() as AddressInfo;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      origin = `${config.tls ? 'https' : 'http'}://${isEveryAddress(config.host) ? 'localhost' : host}:${port}`;
    },
    async stop() {
      if (config.tls) for (const file of [config.tls.cert, config.tls.key]) unwatchFile(file);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await deps.sockets.stop();
      server.closeAllConnections();
      await closed;
    },
  };
}

export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function findDoor(doors: readonly Door[], url = ''): Door | undefined {
  return doors.find(
    ({ prefix }) => url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`),
  );
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function actorOf(req: IncomingMessage, config: Config): { kind: 'guest'; address: string } {
  return { kind: 'guest', address: callerAddress(req, config.trusted_proxies) };
}

function createBareServer(config: Config, log: Log): Server | HttpsServer {
  if (!config.tls) return createHttpServer(bare_options);
  const { cert, key } = config.tls;
  const read = (): { cert: Buffer; key: Buffer } => ({
    cert: readFileSync(cert),
    key: readFileSync(key),
  });
  let server: HttpsServer;
  try {
    server = createHttpsServer({ ...read(), ...bare_options, minVersion: 'TLSv1.2' });
  } catch (cause) {
    throw new OperatorError(
      `The certificate ${cert} and key ${key} could not be used: ${(cause as Error).message}`,
      { cause },
    );
  }
  const reload = (): void => {
    try {
      server.setSecureContext(read());
      log.info({ cert }, 'the certificate was read again');
    } catch (err) {
      // Certificate and key change one after the other: the old pair serves until both fit.
      log.warn({ err, cert }, 'the new certificate could not be used; the old one stays');
    }
  };
  for (const file of [cert, key])
    watchFile(file, { interval: tls_poll_ms, persistent: false }, reload);
  return server;
}

function listen(server: Server | HttpsServer, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `Port ${config.port} is in use. Set PORT to another one; 0 takes any free one.`,
        EACCES: `Port ${config.port} needs more rights than this user has. Set PORT to 1024 or more.`,
        EADDRNOTAVAIL: `HOST ${config.host} is not an address of this machine.`,
      };
      const reason = reasons[cause.code ?? ''];
      reject(reason === undefined ? cause : new OperatorError(reason, { cause }));
    });
    server.listen(config.port, config.host, resolve);
  });
}

function routes(deps: HttpDeps): Hono<Env> {
  const { config, pages } = deps;
  const app = new Hono<Env>();
  const large = new LargeBodies();
  const secure = config.tls !== undefined || config.public_url?.startsWith('https:') === true;
  app.use(async (c, next) => {
    // Set before next(): a header set after it costs two thirds of the throughput.
    for (const [name, value] of Object.entries(every_answer)) c.header(name, value);
    if (secure) c.header('Strict-Transport-Security', 'max-age=31536000');
    await next();
  });
  app.get('/healthz', async (c) => {
    const report = await deps.health();
    c.header('Cache-Control', 'no-store');
    return c.json(report, report.status === 'failing' ? 503 : 200);
  });
  app.post('/rpc/:name', (c) => rpc(c, deps, large));
  app.all('/rpc/:name', (c) => problem(c, 405, 'app.post-only', 'Calls are made with POST.'));
  app.get('*', (c) => {
    const { pathname } = new URL(c.req.url);
    const asset = pages.asset(pathname);
    if (asset) return serve(c, asset);
    const name = pageOf(pathname);
    const page = pages.page(
      name,
      chooseLang(c.req.header('cookie') ?? '', c.req.header('accept-language') ?? ''),
    );
    if (!page) return c.text('Not found', 404);
    c.header('Content-Security-Policy', page.csp);
    c.header('Vary', 'Accept-Language, Cookie, Accept-Encoding');
    return serve(c, page, name === 'missing' ? 404 : 200);
  });
  app.notFound((c) => c.text('Not found', 404));
  app.onError((err, c) => {
    deps.log.error({ err, path: new URL(c.req.url).pathname }, 'a request failed');
    return problem(c, 500, 'app.internal', 'Something failed on the server.');
  });
  return app;
}

/** Which page an address shows. */
function pageOf(pathname: string): string {
  if (pathname === '/') return 'home';
  if (/^\/test\/?$/.test(pathname)) return 'trial';
  return /^\/m\/[^/]+\/?$/.test(pathname) ? 'meet' : 'missing';
}

function problem(
  c: Context,
  status: 400 | 403 | 405 | 413 | 415 | 500,
  code: string,
  message: string,
): Response {
  return c.json({ error: { fault: status === 500 ? 'ours' : 'caller', code, message } }, status);
}

async function rpc(c: Context<Env>, deps: HttpDeps, large: LargeBodies): Promise<Response> {
  const { config, dispatcher } = deps;
  const { incoming } = c.env;
  if (!isOwnOrigin(incoming, config.public_url))
    return problem(c, 403, 'app.foreign-origin', 'This call came from another site.');
  // A form of another site cannot send this type without asking first (CORS preflight).
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    return problem(c, 415, 'app.json-only', 'Send application/json.');
  const name = c.req.param('name') ?? '';
  const bytes_max = dispatcher.bodyBytesMax(name) ?? body_bytes_max;
  const stated_bytes = Number(c.req.header('content-length') ?? bytes_max);
  if (stated_bytes > bytes_max) return tooLarge(c, bytes_max);
  if (stated_bytes <= body_bytes_max) return answer(c, deps, name, bytes_max);
  const release = large.take(actorOf(incoming, config).address, stated_bytes);
  if (!release) return busy(c);
  try {
    return await answer(c, deps, name, bytes_max);
  } finally {
    release();
  }
}

function tooLarge(c: Context, bytes_max: number): Response {
  return problem(c, 413, 'app.too-large', `A request may have ${bytes_max} bytes at most.`);
}

function busy(c: Context): Response {
  const message = 'The server is receiving too much. Try again in a moment.';
  const { error } = toWire(new UnavailableError('app.busy', message), '');
  c.header('Retry-After', '1');
  return c.json({ error }, 503);
}

async function answer(
  c: Context<Env>,
  { config, dispatcher }: HttpDeps,
  name: string,
  bytes_max: number,
): Promise<Response> {
  let input: unknown;
  try {
    const text = await readBody(c.req, bytes_max);
    if (text === undefined) return tooLarge(c, bytes_max);
    input = JSON.parse(text);
  } catch {
    return problem(c, 400, 'app.bad-input', 'The body is not JSON.');
  }
  const actor = actorOf(c.env.incoming, config);
  const { status, body } = await dispatcher.dispatch(name, input, { actor });
  c.header('Cache-Control', 'no-store');
  const retry = 'error' in body ? body.error.retry_after_ms : undefined;
  if (retry !== undefined) c.header('Retry-After', String(Math.ceil(retry / 1000)));
  return c.json(body, status as 200);
}

function serve(c: Context<Env>, asset: Asset, status: 200 | 404 = 200): Response {
  c.header('Cache-Control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  c.header('ETag', asset.etag);
  if (status === 200 && c.req.header('if-none-match') === asset.etag) return c.body(null, 304);
  const encoding = chooseEncoding(c.req.header('accept-encoding') ?? '', asset);
  if (encoding !== 'identity') c.header('Content-Encoding', encoding);
  if (asset.bodies.size > 1) c.header('Vary', 'Accept-Encoding', { append: true });
  c.header('Content-Type', asset.type);
  return c.body(asset.bodies.get(encoding) as Uint8Array<ArrayBuffer>, status);
}
