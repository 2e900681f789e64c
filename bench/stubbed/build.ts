/**
 * The web client with the work of encryption taken out, for the bench and for nothing else: both
 * workers are built anew with stubs in place of MLS and of the sealing of frames. All other files are
 * those of the product.
 */
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'vite';
import type { Plugin } from 'vite';

const root = join(import.meta.dirname, '../..');

/** By who imports it and as what. */
const stubs: readonly (readonly [RegExp, string, string])[] = [
  [/group\/worker\.ts$/, './member.ts', 'member.ts'],
  [/encryption\/(sealing|opening)\.ts$/, './frame.ts', 'frame.ts'],
  [/encryption\/(sealing|opening)\.ts$/, './kdf.ts', 'kdf.ts'],
];

function stub(): Plugin {
  return {
    name: 'stub',
    enforce: 'pre',
    resolveId(source, importer = '') {
      const found = stubs.find(([by, as]) => as === source && by.test(importer));
      return found && join(import.meta.dirname, found[2]);
    },
  };
}

async function buildWorker(entry: string): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [stub()],
    build: {
      write: false,
      target: 'es2023',
      minify: true,
      rolldownOptions: { input: join(root, entry), output: { codeSplitting: false } },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs.flatMap((each) => ('output' in each ? each.output : []));
  const [chunk] = chunks.filter((file) => file.type === 'chunk');
  if (!chunk) throw new Error(`${entry} compiled to no script.`);
  return chunk.code;
}

async function replace(file: string, code: string): Promise<void> {
  await writeFile(file, code);
  await writeFile(`${file}.br`, await promisify(brotliCompress)(code));
  await writeFile(`${file}.gz`, await promisify(gzip)(code));
}

/** A folder like dist/web. @throws Error where the two workers are not found in the product's. */
export async function buildStubbed(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-stubbed-'));
  await cp(join(root, 'dist/web'), folder, { recursive: true });
  const assets = join(folder, 'assets');
  const names = (await readdir(assets)).filter((name) => /^worker-.*\.js$/.test(name));
  let replaced = 0;
  for (const name of names) {
    const code = await readFile(join(assets, name), 'utf8');
    const sealing = code.includes('rtctransform');
    const entry = sealing ? 'guard/worker.ts' : 'group/worker.ts';
    await replace(join(assets, name), await buildWorker(`src/meet/web/${entry}`));
    replaced += 1;
  }
  if (replaced !== 2) throw new Error(`The web client has ${replaced} workers, not two.`);
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
