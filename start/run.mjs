/** `node start/run.mjs <file.ts> [arguments]`: prepares like `npm start`, then runs the file. */
import { launch } from './launch.mjs';
import { prepare } from './prepare.mjs';
import { fail, StartError } from './step.mjs';

try {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) throw new StartError('Say which file to run: start/run.mjs <file.ts>');
  const node = await prepare();
  process.exitCode = await launch(node, [file, ...args]);
} catch (cause) {
  fail(cause);
}
