/** The dependencies, exactly as the lockfile names them. */
import { existsSync, readFileSync } from 'node:fs';
import { mustRun } from './command.mjs';
import { hashFiles, inRoot, readStamp, root, writeStamp } from './place.mjs';
import { StartError, step } from './step.mjs';

const stamp = 'node_modules/.conclave-stamp';

/** Runs `npm ci` when the dependencies are missing or the lockfile has changed. */
export async function installDependencies() {
  const hash = hashFiles(['package-lock.json']);
  if (readStamp(stamp) === hash) return;
  if (!agreesWithLock())
    await step({ doing: 'installing dependencies', done: 'dependencies installed' }, (note) =>
      install(note),
    );
  writeStamp(stamp, hash);
}

/** @param {(note: string) => void} note */
async function install(note) {
  const args = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=http'];
  // Whatever NODE_ENV or the user's npm settings say: the build needs the first, the database and
  // Node 24 may come from the second.
  args.push('--include=dev', '--include=optional');
  // Under `npm start` npm tells where it is; a shell may find another one, or none.
  const own = process.env['npm_execpath'];
  const [file, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  let fetched = 0;
  const output = await mustRun(
    'The dependencies could not be installed by npm ci; its words are above.',
    file,
    [...first, ...args],
    {
      cwd: root,
      onLine: (line) => {
        if (!line.includes('http fetch')) return;
        fetched += 1;
        note(`${fetched} fetched`);
      },
    },
  );
  if (!existsSync(inRoot('node_modules/.package-lock.json')))
    throw new StartError('npm ci ended without installing anything.', output);
}

/**
 * Whether what npm recorded of its last install is what the lockfile wants. So a clone whose
 * dependencies were installed by hand is not installed once more.
 */
function agreesWithLock() {
  const record = inRoot('node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = readPackages(inRoot('package-lock.json'));
  const present = readPackages(record);
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // Optional ones are for one platform each.
    const found = present[path];
    return found ? found.version === version && existsSync(inRoot(path)) : optional === true;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}
