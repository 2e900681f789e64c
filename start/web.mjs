/** The web client, built when it is missing or its source has changed. */
import { existsSync } from 'node:fs';
import { mustRun } from './command.mjs';
import { hashFiles, inRoot, listFiles, readStamp, root, writeStamp } from './place.mjs';
import { StartError, step } from './step.mjs';

export const web_builder = 'start/build-web.ts';
const stamp = 'dist/web/.stamp';
const others = ['package-lock.json', 'vite.config.ts', 'tsconfig.json', 'tsconfig.web.json'];

/**
 * @param {string} node
 * @param {AbortSignal} signal
 */
export async function buildWeb(node, signal) {
  if (!existsSync(inRoot(web_builder)))
    throw new StartError(`${web_builder} is missing from this clone: get it back with git.`);
  const hash = hashFiles([...listFiles('src', shapesWeb), ...others, web_builder]);
  if (readStamp(stamp) === hash) return;
  await step({ doing: 'building the web client', done: 'web client built' }, async () => {
    await mustRun('The web client could not be built; its words are above.', node, [web_builder], {
      cwd: root,
      signal,
      env: { ...process.env, NODE_COMPILE_CACHE: inRoot('.cache/node') },
    });
  });
  writeStamp(stamp, hash);
}

/**
 * Web folders import contracts and pure files of any room, so all of src counts but what surely
 * never reaches a browser.
 * @param {string} path
 */
function shapesWeb(path) {
  if (/\.test\.tsx?$/.test(path)) return false;
  return !/^src\/(main\.ts|config\.ts|app\/postgres\/|media\/(?!web\/|contract))/.test(path);
}
