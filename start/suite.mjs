/** Runs test files in one process of `node --test`, and counts. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot, listFiles, root } from './place.mjs';

const test_ms_max = 120_000;
/** With nothing heard for longer than any test and its hooks take, one left something open. */
const silent_ms_max = 2 * test_ms_max;
const look_ms = 2000;
const grace_ms = 5000;
const interrupts = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 */

/**
 * Streams the readable report and resolves with the counts. A run that ends badly counts as one
 * failure at least: files that do not load, a crash, nothing to run, something left open so that
 * the process does not end.
 * @param {string} node
 * @param {string | readonly string[]} files a pattern of them, or each
 * @param {number} deadline_ms after which the run is ended
 * @param {string} name what is said of the run where it ends badly
 * @returns {Promise<Count>}
 */
export async function runSuite(node, files, deadline_ms, name = String(files)) {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-test-'));
  const report = join(folder, 'count.json');
  const args = [
    '--test',
    '--test-isolation=none',
    '--test-concurrency=1',
    `--test-timeout=${test_ms_max}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${inRoot('start/tally.mjs')}`,
    `--test-reporter-destination=${report}`,
    ...[files].flat(),
  ];
  const env = { ...process.env, NODE_COMPILE_CACHE: inRoot('.cache/node') };
  // A group of its own, so that servers it started end along with it when it has to be ended.
  const child = spawn(node, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const end = () => endGroup(child.pid);
  for (const interrupt of interrupts) process.once(interrupt, end);
  let ended = false;
  const since = Date.now();
  const watch = setInterval(() => {
    const heard = statSync(report, { throwIfNoEntry: false })?.mtimeMs ?? since;
    const late = Date.now() - since > deadline_ms;
    if (!late && Date.now() - heard < silent_ms_max) return;
    clearInterval(watch);
    ended = true;
    const reason = late ? `took longer than ${deadline_ms / 1000} s` : 'does not end by itself';
    process.stdout.write(`\n✗ ${name} ${reason}; ended.\n`);
    end();
  }, look_ms);
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  clearInterval(watch);
  for (const interrupt of interrupts) process.removeListener(interrupt, end);
  const count = readCount(report);
  rmSync(folder, { recursive: true, force: true });
  if (count.passed + count.failed === 0)
    process.stdout.write(`\n✗ ${name}: no test ran (status ${status}).\n`);
  const bad = ended || status !== 0 || count.passed + count.failed === 0;
  return bad && count.failed === 0 ? { passed: count.passed, failed: 1 } : count;
}

/**
 * @param {number | undefined} pid of the group's first process
 */
function endGroup(pid) {
  if (pid === undefined) return;
  const send = (/** @type {NodeJS.Signals} */ name) => {
    try {
      process.kill(-pid, name);
    } catch {
      // Nobody is left in it.
    }
  };
  send('SIGTERM');
  setTimeout(() => send('SIGKILL'), grace_ms);
}

/**
 * @param {string} report
 * @returns {Count}
 */
function readCount(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8').trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/**
 * Runs the test files of a folder in two processes beside each other, every other file in each: many
 * of them wait for something more than they compute.
 * @param {string} node
 * @param {string} folder
 * @param {number} deadline_ms for all of them
 * @returns {Promise<Count>}
 */
export async function runHalves(node, folder, deadline_ms) {
  const files = listFiles(folder, (path) => path.endsWith('.test.ts'));
  const halves = [0, 1].map((half) => files.filter((_, at) => at % 2 === half));
  const counts = await Promise.all(
    halves.map((half, at) => runSuite(node, half, deadline_ms, `${folder}, half ${at + 1}`)),
  );
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/**
 * Runs every test file of a folder in a process of its own, one after the other. Files that start
 * whole servers and browsers would otherwise start all of theirs at once, before the first test;
 * and one that hangs takes only its own tests along.
 * @param {string} node
 * @param {string} folder
 * @param {number} deadline_ms for all of them
 * @returns {Promise<Count>}
 */
export async function runEach(node, folder, deadline_ms) {
  const until = Date.now() + deadline_ms;
  const total = { passed: 0, failed: 0 };
  const files = listFiles(folder, (path) => path.endsWith('.test.ts'));
  if (files.length === 0) return runSuite(node, `${folder}/**/*.test.ts`, deadline_ms);
  for (const file of files) {
    process.stdout.write(`\n${file}\n`);
    const left_ms = until - Date.now();
    if (left_ms <= 0) {
      process.stdout.write('✗ not run: the time for all of them is up\n');
      total.failed += 1;
      continue;
    }
    const { passed, failed } = await runSuite(node, file, left_ms);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

/**
 * Prints what the whole run came to, with the counts alone on the last line. Each check that
 * failed counts as one failure.
 * @param {Count} count of the tests
 * @param {readonly string[]} wrong names of the checks that failed
 * @returns {number} the exit status
 */
export function conclude(count, wrong) {
  const failed = count.failed + wrong.length;
  if (wrong.length > 0) process.stdout.write(`\n✗ ${wrong.join(', ')}: see above\n`);
  const tests = count.passed + count.failed;
  process.stdout.write(`\nℹ tests ${tests}\nℹ pass ${count.passed}\nℹ fail ${count.failed}\n`);
  process.stdout.write(`\n${count.passed} passed, ${failed} failed\n`);
  return failed === 0 && count.passed > 0 ? 0 : 1;
}
