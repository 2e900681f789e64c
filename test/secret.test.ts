/**
 * The link's secret and the host's key stay in the browser: after a whole meeting they are in no
 * log line, no file of the server, no request, no Referer and no answer.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBase64url } from '#src/protocol/link/base64url.ts';
import { button, inCall, meetTogether, roomOf } from './journey.ts';
import { names } from './names.ts';
import { ask } from './program.ts';
import { openStand } from './stand.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();

/** Every way in which `secret` (base64url) may be written down. */
function spellings(secret: string): Buffer[] {
  const bytes = Buffer.from(fromBase64url(secret) ?? []);
  assert.equal(bytes.length, 32);
  const texts = [
    secret,
    bytes.toString('base64'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  return [bytes, ...texts.map((text) => Buffer.from(text))];
}

function assertAbsent(where: string, content: string | Buffer, secret: string): void {
  const haystack = Buffer.isBuffer(content) ? content : Buffer.from(content);
  for (const spelling of spellings(secret))
    assert.equal(haystack.indexOf(spelling), -1, `the secret is in ${where}`);
}

/** Everything that left the browser: addresses, headers, bodies, frames. */
function recordSent(visitor: Visitor): string[] {
  const sent: string[] = [];
  visitor.context.on('request', (request) => {
    sent.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '');
  });
  visitor.page.on('websocket', (socket) => {
    sent.push(socket.url());
    socket.on('framesent', ({ payload }) => sent.push(payload.toString('latin1')));
  });
  return sent;
}

/** Everything the database holds, as text. */
async function dump(): Promise<string> {
  const { database } = house.house;
  const tables = await database.introspection.getTables();
  const rows = await Promise.all(
    tables.map(({ name, schema = 'public' }) =>
      database
        .withSchema(schema)
        .selectFrom(name as 'meeting')
        .selectAll()
        .execute(),
    ),
  );
  assert.ok(rows.flat().length > 0);
  return JSON.stringify(rows, (_key, value: unknown) => {
    const { type, data } = Object(value) as { type?: unknown; data?: unknown };
    return type === 'Buffer' ? Buffer.from(data as number[]).toString('base64url') : value;
  });
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function meetAndTalk(ada: Visitor, ben: Visitor): Promise<string> {
  const link = await meetTogether(house.origin, [ada, ben]);
  await Promise.all([ada.see('Ben'), ben.see('Ada')]);
  await button(ben, names.en.chat).click();
  await ben.page.getByRole('textbox', { name: names.en.message, exact: true }).fill('Hello');
  await button(ben, names.en.send).click();
  await ben.page.reload();
  await inCall(ben);
  return link;
}

test('after a meeting the secret is nowhere but in the browsers', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const sent = [recordSent(ada), recordSent(ben)];
    const link = await meetAndTalk(ada, ben);
    const [, secret = ''] = new URL(link).hash.split('.');
    assert.equal(secret.length, 43);
    const everything = sent.flat();
    assert.ok(
      everything.some((text) => text.includes('/lk/rtc')),
      'frames were recorded',
    );
    for (const text of everything) {
      assertAbsent('what a browser sent', text, secret);
      assert.ok(!/"referer":"[^"]/i.test(text), `a Referer was sent: ${text}`);
    }
    assertAbsent('the log', house.log_lines.join(''), secret);
    const database = await dump();
    const written = files(house.data_dir).map((file) => [file, readFileSync(file)] as const);
    // What is no secret is found where the secret must not be: the search can find.
    const room = roomOf(link);
    assert.ok(database.includes(room));
    assert.ok(written.some(([, content]) => content.includes(room)));
    assert.ok(everything.some((text) => text.includes(room)));
    assertAbsent('the database', database, secret);
    for (const [file, content] of written) assertAbsent(file, content, secret);
    const metrics = await ask(house.house.metrics_origin, '/metrics');
    const health = await ask(house.origin, '/healthz');
    assertAbsent('the metrics', metrics.text + health.text, secret);
  });
});

/** Every way in which words may be written down; base64 in each place where it may begin. */
function wordSpellings(words: string): string[] {
  const bytes = Buffer.from(words);
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // What the bytes beside it could change is cut off at both ends.
    return text.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + bytes.length) * 4) / 3));
  });
  const url_safe = shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [words, encodeURIComponent(words), bytes.toString('hex'), ...shifted, ...url_safe];
}

test('names and what is written are nowhere but in the browsers of those who were there', async () => {
  await browsers.run(house.origin, async (visit) => {
    const canaries = ['Zwölferkogel Ada', 'Ångström Ben', 'the heron waits by the third lock'];
    const [first = '', second = '', text = ''] = canaries;
    const ada = await visit({ name: first, person: 0 });
    const ben = await visit({ name: second, person: 1 });
    const sent = [recordSent(ada), recordSent(ben)];
    await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see(second), ben.see(first)]);
    for (const visitor of [ada, ben]) await button(visitor, names.en.chat).click();
    await ben.page.getByRole('textbox', { name: names.en.message, exact: true }).fill(text);
    await button(ben, names.en.send).click();
    await ada.page.getByRole('log', { name: names.en.chat }).getByText(text).waitFor();
    await button(ben, names.en.raise).click();
    await button(ben, names.en.lower).waitFor();
    const database = await dump();
    const written = files(house.data_dir).map((file) => [file, readFileSync(file)] as const);
    const places: (readonly [string, Buffer])[] = [
      ['what a browser sent', Buffer.from(sent.flat().join('\n'))],
      ['what a browser sent, in Latin-1', Buffer.from(sent.flat().join('\n'), 'latin1')],
      ['the log', Buffer.from(house.log_lines.join(''))],
      ['the database', Buffer.from(database)],
      ...written,
    ];
    for (const canary of canaries) {
      for (const [where, content] of places) {
        for (const spelling of wordSpellings(canary))
          assert.equal(content.indexOf(spelling), -1, `${canary} is in ${where}`);
      }
    }
    // The search finds what is there, in base64 in the middle of other bytes too.
    const group = /"group":"([\w-]{22})"/.exec(sent.flat().join('\n'))?.[1] ?? '-';
    assert.ok(database.includes(group));
    for (const beside of ['', 'a', 'ab']) {
      const inside = Buffer.from(`${beside}${text}z`).toString('base64');
      assert.ok(wordSpellings(text).some((spelling) => inside.includes(spelling)));
    }
  });
});

test('the door value and media tokens are in no log line and in no file', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const bodies: string[] = [];
    ada.context.on('request', (request) => bodies.push(request.postData() ?? '', request.url()));
    await meetTogether(house.origin, [ada]);
    const found = (pattern: RegExp): string =>
      bodies.map((body) => pattern.exec(body)?.[1]).find((value) => value !== undefined) ?? '';
    const door = found(/"door":"([\w-]{43})"/);
    // What stands for the proven leaf key in calls.
    const pass = found(/"pass":"([\w-]{43})"/);
    const log = house.log_lines.join('');
    for (const value of [door, pass]) {
      assertAbsent('the log', log, value);
      for (const file of files(house.data_dir)) assertAbsent(file, readFileSync(file), value);
    }
    assert.doesNotMatch(log, /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/, 'a token is in the log');
  });
});

test('an error says nothing of the link, on the page’s side and on the server’s', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    ada.expectProblems(/./);
    const secret = Buffer.alloc(32, 7).toString('base64url');
    const fragment = `#1.${secret}.${Buffer.alloc(16, 7).toString('base64url')}`;
    const sent = recordSent(ada);
    await ada.page.goto(`${house.origin}/m/${'a'.repeat(26)}${fragment}`);
    await ada.page.getByRole('heading', { name: 'There is no such meeting' }).waitFor();
    await ada.page.goto(`${house.origin}/m/${'!'.repeat(26)}${fragment}`);
    for (const text of sent) assertAbsent('what the browser sent', text, secret);
    assertAbsent('the log', house.log_lines.join(''), secret);
    assertAbsent('the console', ada.problems.join('\n'), secret);
    assertAbsent('the page', await ada.page.locator('body').innerText(), secret);
    for (const path of [`/m/x?secret=${secret}`, `/${secret}`, `/rpc/${secret}`])
      assertAbsent(`the answer to ${path}`, (await ask(house.origin, path)).text, secret);
    assertAbsent('the log', house.log_lines.join(''), secret);
  });
});
