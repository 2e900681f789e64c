import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** Bundles one of the bare pages' scripts, minified as ours are. */
export async function buildBare(entry: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-bare-'));
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      lib: { entry: join(import.meta.dirname, entry), formats: ['es'], fileName: () => 'bare.js' },
      minify: true,
    },
  });
  const text = await readFile(join(folder, 'bare.js'), 'utf8');
  await rm(folder, { recursive: true });
  return text;
}
