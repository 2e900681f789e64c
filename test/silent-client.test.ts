/** What the build takes out of the media client, and what it leaves. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { emptied_classes, lean } from '../start/lean.ts';
import { silence } from '../start/silent.ts';

async function readClient(): Promise<string> {
  const file = fileURLToPath(import.meta.resolve('livekit-client'));
  return readFile(file.replace(/[^/\\]+$/, 'livekit-client.esm.mjs'), 'utf8');
}

describe('the media client has only what a sealed call uses', () => {
  test('what was emptied has every method that is left to be called on it', async () => {
    const code = lean(await readClient());
    for (const name of emptied_classes) {
      const [body = ''] = new RegExp(`class ${name} extends [^{]*\\{.*\\}`).exec(code) ?? [];
      const field = name[0]?.toLowerCase() + name.slice(1);
      const calls = code.matchAll(
        new RegExp(`\\b(?:this|_this\\d*|self)\\.(?:room[A-Z])?${field}\\.(\\w+)\\(`, 'gi'),
      );
      const wanted = new Set([...calls].map(([, method = '']) => method));
      for (const method of wanted) {
        if (['on', 'off', 'once', 'emit', 'removeAllListeners'].includes(method)) continue;
        // Of the encryption of its own there is never an object.
        if (name === 'E2EEManager') continue;
        assert.ok(body.includes(` ${method}(`), `${name}.${method}`);
      }
      assert.ok(name === 'E2EEManager' || wanted.size > 0, name);
    }
  });

  test('it opens and changes no devices, and plays at nothing', async () => {
    const code = lean(await readClient());
    for (const method of [
      'createTracks',
      'setTrackEnabled',
      'switchActiveDevice',
      'simulateParticipants',
    ]) {
      assert.match(
        code,
        new RegExp(`\\n  ${method}\\([^)]*\\) \\{ return Promise.resolve\\(\\); \\}`),
        method,
      );
    }
  });

  test('a client that has changed is noticed', () => {
    assert.throws(() => lean('class E2EEManager {}'), /has no FrameMetadataManager/);
  });
});

describe('the media client says nothing', () => {
  test('a statement that only logs is gone, whatever it says', () => {
    assert.equal(silence('a(); this.log.debug("room", { name }); b();'), 'a(); ; b();');
    assert.equal(silence('if (x) livekitLogger.warn(`${x}`); else y();'), 'if (x) ; else y();');
    assert.equal(silence('for (const x of y) { self.log.info(x); }'), 'for (const x of y) { ; }');
  });

  test('what has a value, and whatever else is called so, stays', () => {
    for (const code of [
      'run().catch((e) => this.log.debug(e));',
      'const told = log.warn("x");',
      'Math.log(2); this.log.setLevel("silent"); console.error("x"); this.logger.debug("x");',
    ]) {
      assert.equal(silence(code), code);
    }
  });

  test('of the client itself several hundred statements go, and it is still a module', async () => {
    const code = await readClient();
    const silent = silence(code);
    assert.equal(silence(silent), silent);
    assert.ok(code.length - silent.length > 30_000, String(code.length - silent.length));
  });
});
