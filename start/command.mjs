/** Programs that a preparation runs, none of which outlives it. */
import { spawn } from 'node:child_process';
import { StartError } from './step.mjs';

const kept_chars_max = 16_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {AbortSignal} [signal] ends the program
 * @property {(line: string) => void} [onLine] hears each line of its output
 */

/**
 * Runs a program to its end, with nothing on its input.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ status: number, output: string }>} the last of its output; status 127 when
 *   there is no such program
 */
export async function run(file, args, options = {}) {
  const { env = process.env, cwd, signal, onLine } = options;
  const child = spawn(file, args, { env, cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  guard();
  let output = '';
  let rest = '';
  const hear = (/** @type {string} */ text) => {
    output = (output + text).slice(-kept_chars_max);
    if (!onLine) return;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const status = await new Promise((resolve) => {
    child.once('error', (cause) => {
      output += cause.message;
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
  children.delete(child);
  guard();
  return { status, output };
}

/**
 * The same, for programs that must succeed.
 * @param {string} sentence of the error when it does not
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export async function mustRun(sentence, file, args, options) {
  const { status, output } = await run(file, args, options);
  options?.signal?.throwIfAborted();
  if (status !== 0) throw new StartError(sentence, output);
  return output;
}

/** @type {ReadonlyMap<NodeJS.Signals, number>} */
const interrupts = new Map([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]);

/** @param {NodeJS.Signals} name */
function interrupt(name) {
  for (const child of children) child.kill('SIGTERM');
  if (process.stdout.isTTY) process.stdout.write('\n');
  process.exit(interrupts.get(name));
}

/** A preparation that is interrupted takes its programs along. */
function guard() {
  for (const name of interrupts.keys()) {
    process.removeListener(name, interrupt);
    if (children.size > 0) process.on(name, interrupt);
  }
}
