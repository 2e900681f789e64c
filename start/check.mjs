/**
 * `npm run check`: types, lint, format, and the tests beside the code (src/), the style rules
 * among them. Those may start PostgreSQL and the engine; whole servers and browsers are tried by
 * `npm test` (test/).
 */
import { inspect } from './inspect.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';
import { runSuite } from './suite.mjs';

const deadline_ms = 120_000;

try {
  const node = await prepare();
  const wrong = await inspect();
  const { passed, failed } = await runSuite(node, 'src/**/*.test.ts', deadline_ms);
  process.stdout.write(`\n${passed} passed, ${failed + wrong} failed\n`);
  if (failed + wrong > 0) process.exitCode = 1;
} catch (cause) {
  fail(cause);
}
