import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { OperatorError } from '#src/app/error.ts';

/** The API key of the media server and its secret: whoever has both may mint any token. */
export interface MediaKeys {
  readonly key: string;
  readonly secret: string;
}

const file_name = 'media-keys.json';
const shape = z.object({ key: z.string().min(1).max(100), secret: z.string().min(32).max(1000) });

/**
 * The keys kept in the data directory, made the first time (0600, written aside and renamed, so
 * that a crash never leaves half a file). They stay the same over restarts, so that people in a
 * call come back with the tokens they hold.
 * @throws OperatorError when the file is there but is not ours.
 */
export async function readKeys(data_dir: string): Promise<MediaKeys> {
  const path = join(data_dir, file_name);
  const text = await readIfThere(path);
  if (text === undefined) return makeKeys(data_dir, path);
  const parsed = shape.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new OperatorError(`${path} cannot be read: restore it, or remove it to have new keys made`);
}

async function makeKeys(data_dir: string, path: string): Promise<MediaKeys> {
  const keys: MediaKeys = {
    key: `conclave${randomBytes(6).toString('hex')}`,
    secret: randomBytes(32).toString('base64url'),
  };
  await mkdir(data_dir, { recursive: true });
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(keys)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  return keys;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
