/** `npm run dev`: like `npm start`, and restarts the server or rebuilds the web client on change. */
import { spawn } from 'node:child_process';
import { launch } from './launch.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';
import { web_builder } from './web.mjs';

try {
  const node = await prepare();
  const builder = spawn(node, [web_builder, '--watch'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  builder.once('exit', (code) => {
    if (code) process.stderr.write('The web client is not being rebuilt any more.\n');
  });
  process.exitCode = await launch(node, [
    '--watch',
    '--watch-preserve-output',
    'src/main.ts',
    ...process.argv.slice(2),
  ]);
  builder.removeAllListeners('exit');
  builder.kill('SIGTERM');
} catch (cause) {
  fail(cause);
}
