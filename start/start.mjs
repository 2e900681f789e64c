/** `npm start`: prepares what is missing or stale, then runs the server until Ctrl-C. */
import { launch } from './launch.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';

try {
  const node = await prepare();
  process.exitCode = await launch(node, ['src/main.ts', ...process.argv.slice(2)]);
} catch (cause) {
  fail(cause);
}
