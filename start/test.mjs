/**
 * `npm test`: everything, from a fresh clone too. A check that fails counts as one failure, and
 * the rest runs all the same: one run shows all there is to see.
 */
import { findBrowser } from './browser.mjs';
import { inspect } from './inspect.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';
import { conclude, runEach, runHalves } from './suite.mjs';

const unit_ms_max = 300_000;
const whole_ms_max = 2_400_000;

const count = { passed: 0, failed: 0 };
/** @type {string[]} */
const wrong = [];
try {
  const node = await prepare();
  await findBrowser();
  wrong.push(...(await inspect()));
  for (const { passed, failed } of [
    await runHalves(node, 'src', unit_ms_max),
    await runEach(node, 'test', whole_ms_max),
  ]) {
    count.passed += passed;
    count.failed += failed;
  }
} catch (cause) {
  fail(cause);
  wrong.push('preparation');
}
process.exitCode = conclude(count, wrong);
