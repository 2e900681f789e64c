/** The media engine, built from engine/ when it is missing or its source has changed. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { mustRun } from './command.mjs';
import { findGo } from './go.mjs';
import { hashFiles, inRoot, listFiles, readStamp, writeStamp } from './place.mjs';
import { StartError, step } from './step.mjs';

const built = 'dist/engine/conclave-engine';
const stamp = 'dist/engine/.stamp';

/**
 * @param {AbortSignal} signal
 */
export async function buildEngine(signal) {
  // An outside LiveKit takes its place.
  if (process.env['LIVEKIT_URL']) return;
  if (!existsSync(inRoot('engine/go.mod')))
    throw new StartError(
      'The folder engine/ is missing from this clone: get it back with git, or set LIVEKIT_URL to a LiveKit of yours.',
    );
  const sources = listFiles('engine', (path) => /\.go$|\/go\.(mod|sum)$/.test(path));
  const hash = hashFiles(sources);
  if (readStamp(stamp) === hash && existsSync(inRoot(built))) return;
  await step({ doing: 'building the engine', done: 'engine built' }, async (note) => {
    const go = await findGo(note, signal);
    mkdirSync(inRoot('dist/engine'), { recursive: true });
    const fresh = inRoot(`${built}.new`);
    let modules = 0;
    let packages = 0;
    await mustRun(
      'The engine could not be built; the words of Go are above.',
      go.file,
      ['build', '-v', '-trimpath', '-ldflags', '-s -w', '-o', fresh, '.'],
      {
        cwd: inRoot('engine'),
        env: go.env,
        signal,
        onLine: (line) => {
          if (line.startsWith('go: downloading')) note(`${(modules += 1)} modules fetched`);
          else if (!line.includes(' ')) note(`${(packages += 1)} packages compiled`);
        },
      },
    );
    renameSync(fresh, inRoot(built));
  });
  writeStamp(stamp, hash);
}
