/** Where things lie in the project, and what of them has changed. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {readonly string[]} parts */
export function inRoot(...parts) {
  return join(root, ...parts);
}

/**
 * Every file below a folder of the project, as sorted paths relative to the project.
 * @param {string} folder
 * @param {(path: string) => boolean} wanted
 * @returns {string[]}
 */
export function listFiles(folder, wanted) {
  const found = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (!existsSync(inRoot(next))) continue;
    for (const entry of readdirSync(inRoot(next), { withFileTypes: true })) {
      const path = `${next}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (wanted(path)) found.push(path);
    }
  }
  return found.toSorted();
}

/**
 * A hash over names and contents. Contents, not times: a fresh checkout sets those anew.
 * @param {readonly string[]} paths relative to the project; missing ones count as such
 */
export function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const content = existsSync(inRoot(path)) ? readFileSync(inRoot(path)) : '';
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} stamp a file relative to the project
 * @returns {string | undefined} the hash of what was built last
 */
export function readStamp(stamp) {
  return existsSync(inRoot(stamp)) ? readFileSync(inRoot(stamp), 'utf8').trim() : undefined;
}

/**
 * @param {string} stamp
 * @param {string} hash
 */
export function writeStamp(stamp, hash) {
  mkdirSync(dirname(inRoot(stamp)), { recursive: true });
  writeFileSync(inRoot(`${stamp}.new`), `${hash}\n`);
  renameSync(inRoot(`${stamp}.new`), inRoot(stamp));
}
