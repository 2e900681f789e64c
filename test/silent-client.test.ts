/** What the build takes out of the media client, and what it leaves. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { silence } from '../start/silent.ts';

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
    const file = fileURLToPath(import.meta.resolve('livekit-client'));
    const code = await readFile(file.replace(/[^/\\]+$/, 'livekit-client.esm.mjs'), 'utf8');
    const silent = silence(code);
    assert.equal(silence(silent), silent);
    assert.ok(code.length - silent.length > 30_000, String(code.length - silent.length));
  });
});
