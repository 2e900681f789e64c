/**
 * `npm test`: everything, from a fresh clone too. A check that fails counts as one failure, and
 * the rest runs all the same: one run shows all there is to see.
 */
import { findBrowser } from './browser.mjs';
import { inspect } from './inspect.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';
import { conclude, runSuite } from './suite.mjs';

const suites = [
  { pattern: 'src/**/*.test.ts', deadline_ms: 240_000 },
  { pattern: 'test/**/*.test.ts', deadline_ms: 600_000 },
];

const count = { passed: 0, failed: 0 };
/** @type {string[]} */
const wrong = [];
try {
  const node = await prepare();
  await findBrowser();
  wrong.push(...(await inspect()));
  for (const { pattern, deadline_ms } of suites) {
    process.stdout.write(`\n${pattern}\n`);
    const { passed, failed } = await runSuite(node, pattern, deadline_ms);
    count.passed += passed;
    count.failed += failed;
  }
} catch (cause) {
  fail(cause);
  wrong.push('preparation');
}
process.exitCode = conclude(count, wrong);
