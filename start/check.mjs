/**
 * `npm run check`: types, lint, format, and the tests beside the code (src/), the style rules
 * among them. Those may start PostgreSQL and the engine; whole servers and browsers are tried by
 * `npm test` (test/).
 */
import { inspect } from './inspect.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';
import { conclude, runHalves } from './suite.mjs';

const deadline_ms = 300_000;

try {
  const node = await prepare();
  const wrong = await inspect();
  const count = await runHalves(node, 'src', deadline_ms);
  process.exitCode = conclude(count, wrong);
} catch (cause) {
  fail(cause);
}
