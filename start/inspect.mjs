/** What is checked without running anything: types, lint, format. */
import { run } from './command.mjs';
import { inRoot, root } from './place.mjs';
import { describeTime } from './step.mjs';

const checks = [
  { name: 'types of the server', program: 'tsc', args: ['-p', 'tsconfig.server.json'] },
  { name: 'types of the web client', program: 'tsc', args: ['-p', 'tsconfig.web.json'] },
  { name: 'types of the tests', program: 'tsc', args: ['-p', 'tsconfig.test.json'] },
  { name: 'lint', program: 'oxlint', args: ['--type-aware'] },
  { name: 'format', program: 'oxfmt', args: ['--check', '.'] },
];

/**
 * Runs every check, prints a line for each and the words of those that failed.
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function inspect() {
  const failed = await Promise.all(
    checks.map(async ({ name, program, args }) => {
      const since = performance.now();
      const file = inRoot('node_modules/.bin', program);
      const { status, output } = await run(file, args, { cwd: root });
      const time = describeTime(performance.now() - since);
      process.stdout.write(`${status === 0 ? '✓' : '✗'} ${name}  ${time}\n`);
      if (status !== 0) process.stdout.write(`\n${output.trim()}\n\n`);
      return status === 0 ? [] : [name];
    }),
  );
  return failed.flat();
}
