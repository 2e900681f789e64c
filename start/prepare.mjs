/** What every command needs first: dependencies, Node 24, the engine, the web client. */
import { buildEngine } from './engine.mjs';
import { installDependencies } from './install.mjs';
import { findNode } from './node.mjs';
import { root } from './place.mjs';
import { buildWeb } from './web.mjs';

/**
 * Brings everything up to date; nothing is said where nothing is to be done.
 * @returns {Promise<string>} the Node to run TypeScript with
 */
export async function prepare() {
  process.chdir(root);
  await installDependencies();
  const node = findNode();
  const abort = new AbortController();
  const works = [buildEngine(abort.signal), buildWeb(node, abort.signal)].map((work) =>
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
