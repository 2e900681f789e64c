/** The Node that runs the server: it reads TypeScript by itself since 24.12. */
import { existsSync } from 'node:fs';
import { inRoot } from './place.mjs';
import { StartError } from './step.mjs';

const needed = { major: 24, minor: 12 };

/**
 * The user's own where it is new enough, else the one npm brought.
 * @returns {string} its path
 */
export function findNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > needed.major || (major === needed.major && minor >= needed.minor))
    return process.execPath;
  const brought = inRoot(`node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(brought)) return brought;
  throw new StartError(
    `Conclave runs under Node ${needed.major}.${needed.minor} or newer and this is ${process.versions.node}: install Node ${needed.major} (https://nodejs.org), since npm brings none for ${process.platform}-${process.arch}.`,
  );
}
