/** Runs a program of Node's in the foreground, in place of ourselves. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { inRoot } from './place.mjs';

export const leash = new URL('./leash.mjs', import.meta.url).href;
/** Longer than a server takes to stop in order. */
const stop_ms = 15_000;

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [more] variables added to ours
 * @returns {Promise<number>} its exit status
 */
export async function launch(node, args, more = {}) {
  const env = { ...process.env, NODE_COMPILE_CACHE: inRoot('.cache/node'), ...more };
  // Ctrl-C reaches the whole group of the terminal, and npm passes it on once more. In a session
  // of its own the program hears it once, from us; the leash lets it hear of our death too.
  const child = spawn(node, ['--import', leash, ...args], {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  let asked = false;
  /** @param {NodeJS.Signals} name */
  const pass = (name) => {
    if (asked) return;
    asked = true;
    child.kill(name);
    setTimeout(() => {
      process.stderr.write('It did not stop in time and was ended.\n');
      child.kill('SIGKILL');
    }, stop_ms).unref();
  };
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, name) => resolve(code ?? 128 + (name ? constants.signals[name] : 0)));
  });
}
