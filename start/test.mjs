/**
 * `npm test`: everything, from a fresh clone too. A check that fails counts as one failure, and
 * the rest runs all the same: one run shows all there is to see.
 */
import { findBrowser } from './browser.mjs';
import { inspect } from './inspect.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';
import { runSuite } from './suite.mjs';

const unit_ms_max = 180_000;
const whole_ms_max = 600_000;

let passed = 0;
let failed = 0;
try {
  const node = await prepare();
  await findBrowser();
  failed += await inspect();
  for (const [pattern, deadline_ms] of /** @type {const} */ ([
    ['src/**/*.test.ts', unit_ms_max],
    ['test/**/*.test.ts', whole_ms_max],
  ])) {
    process.stdout.write(`\n${pattern}\n`);
    const count = await runSuite(node, pattern, deadline_ms);
    passed += count.passed;
    failed += count.failed;
  }
} catch (cause) {
  failed += 1;
  fail(cause);
}
if (failed > 0) process.exitCode = 1;
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
