/** What every command needs first: dependencies, Node 24, the engine, the web client. */
import { buildEngine } from './engine.mjs';
import { installDependencies } from './install.mjs';
import { findNode } from './node.mjs';
import { root } from './place.mjs';
import { buildWeb } from './web.mjs';

/**
 * Brings everything up to date; nothing is said where nothing is to be done.
 * @param {{ web: boolean }} [wanted] false where something else builds the web client
 * @returns {Promise<string>} the Node to run TypeScript with
 */
export async function prepare({ web } = { web: true }) {
  process.chdir(root);
  await installDependencies();
  const node = findNode();
  const abort = new AbortController();
  const builds = [buildEngine(abort.signal), ...(web ? [buildWeb(node, abort.signal)] : [])];
  const works = builds.map((work) =>
    // The first failure is the one to tell; it ends the other work.
    work.catch((cause) => {
      abort.abort();
      throw cause;
    }),
  );
  try {
    await Promise.all(works);
  } finally {
    await Promise.allSettled(works);
  }
  return node;
}
