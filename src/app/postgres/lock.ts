import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../error.ts';
import { codeOf } from './errno.ts';

/** Held for as long as this server uses its data folder. */
export interface Lock {
  release(): Promise<void>;
}

const attempts_max = 20;

/**
 * Takes the data folder for this server. The lock is a listening socket: the kernel ends it with
 * the process, however that dies, and connecting shows another server even from another container
 * that shares the folder, where a process number means nothing.
 * @param path of the socket
 * @param data_dir named in the error
 * @throws OperatorError when another live server holds it
 */
export async function takeLock(path: string, data_dir: string): Promise<Lock> {
  for (let attempt = 0; attempt < attempts_max; attempt += 1) {
    const server = await listen(path);
    if (server) return { release: () => close(server) };
    if (await isAlive(path))
      throw new OperatorError(
        `Another Conclave server is running with the data folder ${data_dir}: stop it, or set CONCLAVE_DATA to another folder.`,
      );
    await clear(path);
    await delay(10 * attempt);
  }
  throw new OperatorError(`${path} cannot be listened on: remove it and start again.`);
}

async function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  try {
    server.listen(path);
    await once(server, 'listening');
    return server;
  } catch (cause) {
    if (codeOf(cause) === 'EADDRINUSE') return undefined;
    throw cause;
  }
}

async function isAlive(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (cause) {
    // A full backlog or a socket of another user is a live server too.
    const code = codeOf(cause) ?? '';
    return code !== 'ECONNREFUSED' && code !== 'ENOENT';
  } finally {
    socket.destroy();
  }
}

/**
 * Removes a dead socket. It is moved aside first and tried again there: between our look and our
 * removal another server may have put its own in the same place, which then goes back.
 */
async function clear(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return;
    throw cause;
  }
  if (await isAlive(aside)) await rename(aside, path);
  else await rm(aside, { force: true });
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}
