/**
 * The lines that show what a preparation does and how long it takes. On a terminal the running
 * ones share a line that is written over; elsewhere each writes one line when it is done.
 */

/** One sentence for the person at the terminal: what is missing and what to do. */
export class StartError extends Error {
  /**
   * @param {string} message
   * @param {string} [detail] what a program said, shown below the sentence
   */
  constructor(message, detail) {
    super(message);
    this.name = 'StartError';
    this.detail = detail;
  }
}

const frame_ms = 100;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const out = process.stdout;

/** @type {Set<{ doing: string, note: string, since: number }>} */
const running = new Set();
/** @type {NodeJS.Timeout | undefined} */
let timer;
let frame = 0;

/**
 * Runs `work` under a line of its own.
 * @template T
 * @param {{ doing: string, done: string }} words such as "building the engine" and "engine built"
 * @param {(note: (text: string) => void) => Promise<T>} work may say how far it is
 * @returns {Promise<T>}
 */
export async function step(words, work) {
  const entry = { doing: words.doing, note: '', since: performance.now() };
  running.add(entry);
  if (out.isTTY && timer === undefined) timer = setInterval(draw, frame_ms);
  try {
    const result = await work((text) => {
      entry.note = text;
    });
    finish(entry, `✓ ${words.done}`);
    return result;
  } catch (cause) {
    finish(entry, cause instanceof StartError ? `✗ ${words.doing}` : `- ${words.doing}: stopped`);
    throw cause;
  }
}

/**
 * Prints the sentence of a StartError, or any other error as it is; the process will end with 1.
 * @param {unknown} cause
 */
export function fail(cause) {
  process.exitCode = 1;
  if (cause instanceof StartError) {
    if (cause.detail) process.stderr.write(`\n${cause.detail.trimEnd()}\n\n`);
    process.stderr.write(`${cause.message}\n`);
  } else process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
}

/**
 * @param {{ doing: string, note: string, since: number }} entry
 * @param {string} text
 */
function finish(entry, text) {
  running.delete(entry);
  clear();
  out.write(`${text}  ${describeTime(performance.now() - entry.since)}\n`);
  if (running.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

function draw() {
  frame = (frame + 1) % frames.length;
  const parts = [...running].map(({ doing, note, since }) => {
    const time = describeTime(performance.now() - since);
    return `${doing}  ${note === '' ? '' : `${note}  `}${time}`;
  });
  clear();
  out.write(`${frames[frame]} ${parts.join('   ')}`.slice(0, (out.columns || 80) - 1));
}

function clear() {
  if (out.isTTY) out.write('\r\u001b[2K');
}

/** @param {number} time_ms */
export function describeTime(time_ms) {
  if (time_ms < 9950) return `${(time_ms / 1000).toFixed(1)} s`;
  return `${Math.round(time_ms / 1000)} s`;
}
