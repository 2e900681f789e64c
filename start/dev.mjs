/**
 * `npm run dev`: builds the web client whenever its source changes, and restarts the server then
 * (it holds the pages in memory) and whenever its own source changes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, watch } from 'node:fs';
import { leash } from './launch.mjs';
import { inRoot } from './place.mjs';
import { prepare } from './prepare.mjs';
import { fail } from './step.mjs';
import { web_builder } from './web.mjs';

/** Editors and builds write in several steps. */
const settle_ms = 150;

/**
 * Runs a program that hears of Ctrl-C, and of our death, from us alone.
 * @param {string} node
 * @param {readonly string[]} args
 */
function run(node, args) {
  const env = { ...process.env, NODE_COMPILE_CACHE: inRoot('.cache/node') };
  return spawn(node, ['--import', leash, ...args], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/**
 * @param {(what: 'server' | 'web') => void} changed
 */
function watchSources(changed) {
  const ofServer = (/** @type {string | null} */ file) =>
    file !== null && file.endsWith('.ts') && !/\.test\.ts$|(^|[\\/])web[\\/]/.test(file);
  for (const folder of ['src', 'migrations'])
    watch(inRoot(folder), { recursive: true }, (_kind, file) => {
      if (ofServer(file)) changed('server');
    });
  mkdirSync(inRoot('dist'), { recursive: true });
  // A build is moved into place when it is whole.
  watch(inRoot('dist'), (_kind, file) => {
    if (file === 'web') changed('web');
  });
}

/** @param {string} node */
async function serve(node) {
  let built = false;
  const stop = new AbortController();
  let wake = () => {};
  const wait = () =>
    new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
      wake = resolve;
    });
  let next = wait();
  watchSources((what) => {
    built ||= what === 'web';
    if (built) setTimeout(wake, settle_ms);
  });
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(name, () => {
      stop.abort();
      wake();
    });
  const builder = run(node, [web_builder, '--watch']);
  await next;
  while (!stop.signal.aborted) {
    next = wait();
    const server = run(node, ['src/main.ts', ...process.argv.slice(2)]);
    await next;
    await end(server);
  }
  await end(builder);
}

try {
  await serve(await prepare({ web: false }));
  process.exit(0);
} catch (cause) {
  fail(cause);
}
