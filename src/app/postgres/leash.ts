import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { program_env } from './owner.ts';

/**
 * What to put before a program so that Linux sends it SIGINT, a fast shutdown, when this process
 * dies, however it dies: a database without its server is of no use to anybody. Where `setpriv`
 * (util-linux) cannot do that there is nothing to put, and the next start ends what was left.
 */
export async function findLeash(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const args = ['--pdeathsig', 'INT'];
  const trial = [...args, '/bin/sh', '-c', ':'];
  return promisify(execFile)('setpriv', trial, { cwd: '/', env: program_env }).then(
    () => ['setpriv', ...args],
    () => [],
  );
}
