/** One origin: pages ask nobody else for anything, and their headers do not allow it either. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { button, meetTogether } from './journey.ts';
import { names } from './names.ts';
import { ask, askCall, makeMeeting } from './program.ts';
import { openStand } from './stand.ts';

const { browsers, house } = openStand();

/** What a script of somebody else's would do, run inside the page. */
async function tryEverything(): Promise<Record<'ran' | 'fetched' | 'image' | 'made', string>> {
  const inline = document.createElement('script');
  inline.textContent = 'window.ran = true';
  document.head.append(inline);
  const fetched = await fetch('http://127.0.0.1:1/').then(
    () => 'answered',
    () => 'refused',
  );
  const image = new Image();
  const loaded = new Promise<string>((resolve) => {
    image.addEventListener('error', () => resolve('refused'));
    image.addEventListener('load', () => resolve('loaded'));
  });
  image.src = 'http://127.0.0.1:1/a.png';
  // In a task of its own: what a debugger evaluates may make code.
  const made = await new Promise<string>((resolve) => {
    setTimeout(() => {
      try {
        Reflect.construct(Function, ['return 1']);
        resolve('made');
      } catch {
        resolve('refused');
      }
    });
  });
  return { ran: 'ran' in window ? 'ran' : 'refused', fetched, image: await loaded, made };
}

/** The policy by directive, such as `script-src` → ["'self'"]. */
function directives(policy: string): Map<string, string[]> {
  return new Map(
    policy.split(';').map((part): [string, string[]] => {
      const [name = '', ...values] = part.trim().split(/\s+/);
      return [name, values];
    }),
  );
}

describe('headers', () => {
  const pages = { '/': 'none', '/m/abcdefghijkmnpqrstuvwxyz23': 'self', '/nothing-here': 'none' };
  for (const [path, frames] of Object.entries(pages))
    test(`of ${path}`, async () => {
      const { headers } = await ask(house.origin, path);
      const policy = headers['content-security-policy'];
      assert.equal(typeof policy, 'string');
      assert.doesNotMatch(String(policy), /unsafe-|\*|https?:/);
      const allowed = directives(String(policy));
      assert.deepEqual(allowed.get('default-src'), ["'none'"]);
      assert.deepEqual(allowed.get('connect-src'), ["'self'"]);
      // A breakout room's page stands in a frame of its meeting's, and nothing else in any.
      assert.deepEqual(allowed.get('frame-ancestors'), [`'${frames}'`]);
      assert.deepEqual(allowed.get('frame-src'), [`'${frames}'`]);
      assert.deepEqual(allowed.get('base-uri'), ["'none'"]);
      for (const source of allowed.get('script-src') ?? [])
        assert.match(source, /^'(?:self|sha256-[\w+/=]+)'$/);
    });

  test('of every answer', async () => {
    const answers = await Promise.all([
      ask(house.origin, '/'),
      ask(house.origin, '/nothing-here'),
      ask(house.origin, '/healthz'),
      askCall(house.origin, 'meet.reserve', {}),
      askCall(house.origin, 'meet.unknown', {}),
    ]);
    for (const { headers } of answers) {
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      const permissions = String(headers['permissions-policy']);
      for (const own of ['camera', 'microphone', 'display-capture'])
        assert.ok(permissions.includes(`${own}=(self)`), own);
      assert.ok(permissions.includes('geolocation=()'));
      assert.equal(headers['x-powered-by'], undefined);
      assert.equal(headers['server'], undefined);
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
  });
});

describe('requests', () => {
  test('a whole meeting asks no other origin, and looks for no other STUN or TURN', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const ben = await visit({ name: 'Ben', person: 1, lang: 'fr', scheme: 'dark' });
      await meetTogether(house.origin, [ada, ben]);
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
      for (const name of ['people', 'chat', 'settings'] as const) {
        await button(ada, names.en[name]).click();
        await button(ben, names.fr[name]).click();
      }
      for (const { page, requests } of [ada, ben]) {
        const host = new URL(house.origin).host;
        assert.ok(requests.length > 5);
        for (const { url } of requests) assert.equal(new URL(url).host, host, url);
        const servers = await page.evaluate(() => window.readers.ice_urls);
        assert.ok(servers.length > 0, 'the page was given a TURN server');
        for (const url of servers) assert.match(url, /^(?:stun|turns?):127\.0\.0\.1[:?]/);
      }
    });
  });

  test('the policy stops what a hostile script would try', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      ada.expectProblems(/Content Security Policy|blocked|another origin|ERR_/i);
      const { link } = await makeMeeting(house.origin);
      await ada.page.goto(house.origin + link);
      const outcome = await ada.page.evaluate(tryEverything);
      const refused = 'refused';
      assert.deepEqual(outcome, { ran: refused, fetched: refused, image: refused, made: refused });
    });
  });
});
