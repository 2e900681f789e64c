import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Log, redactText } from '../log.ts';

const lines_kept = 8;
/** Said to a client that comes too early, as our readiness check does, or stays until the end. */
const about_time =
  /the database system is (starting up|not yet accepting|shutting down|in recovery)|terminating connection due to administrator/;

/** The last lines a program wrote. */
export interface Output {
  /** On one line, for the error of a failed start. */
  tail(): string;
}

/**
 * Passes what PostgreSQL writes to our log: LOG as debug, WARNING and FATAL as warn, PANIC as
 * error. The server is set to write no statement, no parameter and no ERROR (whose text may quote
 * a value), see `settings.ts`; what is left is redacted like every text of a child process.
 */
export function followOutput(stream: Readable, log: Log): Output {
  const kept: string[] = [];
  const lines = createInterface({ input: stream });
  lines.on('line', (raw) => {
    const line = redactText(raw.trim());
    if (line === '') return;
    const [, level = 'LOG', text = line] = /^(\w+): {2}(.*)$/.exec(line) ?? [];
    kept.push(line);
    if (kept.length > lines_kept) kept.shift();
    if (level === 'PANIC') log.error(text);
    else if (level === 'LOG' || about_time.test(text)) log.debug(text);
    else log.warn(text);
  });
  return { tail: () => kept.join(' | ') };
}
