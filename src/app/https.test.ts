import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../config.ts';
import { until } from '#test/until.ts';
import { OperatorError } from './error.ts';
import { createHttp, type Http } from './http.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { drawOperatorPage } from './operator-page.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-tls-'));
});
after(() => rm(folder, { recursive: true }));

/** A self-signed certificate and its key, at `name.crt` and `name.key`. */
function makeCertificate(name: string): void {
  const subject = ['-subj', `/CN=${name}.test`, '-days', '2', '-nodes'];
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...files], { stdio: 'ignore' });
}

/** Only what this door needs of the parts behind it. */
function createDoor(env: Record<string, string>): Http {
  return createHttp({
    config: readConfig({ PORT: '0', ...env }),
    log: createLog('silent'),
    pages: { build: 'test', page: () => undefined, asset: () => undefined },
    dispatcher: {
      dispatch: () => Promise.reject(new Error('unused')),
      bodyBytesMax: () => undefined,
    },
    sockets: { upgrade: (_req, raw) => raw.destroy(), stop: async () => undefined },
    doors: [],
    health: async () => ({ status: 'ok', checks: {} }),
  });
}

/** The common name of the certificate shown, and the answer's head. */
function shake(origin: string): Promise<{ name: string; head: string }> {
  const port = Number(new URL(origin).port);
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      const name = String(socket.getPeerCertificate().subject.CN);
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      socket.once('data', (data: Buffer) => {
        resolve({ name, head: data.toString() });
        socket.destroy();
      });
    });
    socket.once('error', reject);
  });
}

test('HTTPS is served directly, and a renewed certificate without a restart', async () => {
  makeCertificate('old');
  makeCertificate('new');
  const cert = join(folder, 'old.crt');
  const key = join(folder, 'old.key');
  const http = createDoor({ CONCLAVE_TLS_CERT: cert, CONCLAVE_TLS_KEY: key });
  await http.start(new AbortController().signal);
  try {
    assert.match(http.origin, /^https:/);
    const first = await shake(http.origin);
    assert.equal(first.name, 'old.test');
    assert.match(first.head, /strict-transport-security: max-age=31536000/i);
    await rename(join(folder, 'new.key'), key);
    await rename(join(folder, 'new.crt'), cert);
    await until('the new certificate', 15_000, async () => {
      return (await shake(http.origin)).name === 'new.test';
    });
  } finally {
    await http.stop();
  }
});

test('a certificate that cannot be used is one sentence', () => {
  const file = join(folder, 'missing.pem');
  const create = (): unknown => createDoor({ CONCLAVE_TLS_CERT: file, CONCLAVE_TLS_KEY: file });
  assert.throws(
    create,
    (error) => error instanceof OperatorError && /could not be used/.test(error.message),
  );
});

test('a taken port is one sentence that names the setting', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const { signal } = new AbortController();
  const http = createDoor({ PORT: String(port) });
  const metrics = createMetrics(port, [], async () => drawOperatorPage([], 'en'));
  try {
    await assert.rejects(
      http.start(signal),
      (error) => error instanceof OperatorError && /Set PORT/.test(error.message),
    );
    await assert.rejects(
      metrics.start(signal),
      (error) => error instanceof OperatorError && /CONCLAVE_METRICS_PORT/.test(error.message),
    );
  } finally {
    other.close();
  }
});

test('without TLS nothing promises it', async () => {
  const http = createDoor({});
  await http.start(new AbortController().signal);
  try {
    const response = await fetch(`${http.origin}/healthz`);
    assert.equal(response.headers.get('strict-transport-security'), null);
  } finally {
    await http.stop();
  }
});

test('metrics are Prometheus text, and nothing else is served there', async () => {
  const metrics = createMetrics(
    0,
    [
      { name: 'test_plain', help: 'a number', read: () => 7 },
      {
        name: 'test_rows',
        help: 'rows',
        labels: ['a'],
        read: () => [{ labels: { a: 'x' }, value: 2 }],
      },
    ],
    async () => drawOperatorPage([], 'en'),
  );
  await metrics.start(new AbortController().signal);
  try {
    const text = await (await fetch(`${metrics.origin}/metrics`)).text();
    assert.match(text, /^test_plain 7$/m);
    assert.match(text, /^test_rows\{a="x"\} 2$/m);
    assert.match(text, /^process_resident_memory_bytes /m);
    assert.equal((await fetch(`${metrics.origin}/elsewhere`)).status, 404);
  } finally {
    await metrics.stop();
  }
});
