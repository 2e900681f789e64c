import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build, mergeConfig } from 'vite';
import type { InlineConfig } from 'vite';
import config from '../../vite.config.ts';
import type { Sample } from '../sample-call.ts';

export interface StageServer {
  /** The address of a staged call. */
  address(sample: Sample, lang: 'en' | 'fr'): string;
  close(): Promise<void>;
}

/** Builds the stage with the product's own configuration and serves it from memory. */
export async function serveStage(): Promise<StageServer> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const input = { stage: fileURLToPath(new URL('./stage.tsx', import.meta.url)) };
  const own: InlineConfig = {
    root,
    configFile: false,
    logLevel: 'warn',
    build: { write: false, rolldownOptions: { input } },
  };
  const result = await build(mergeConfig(config, own));
  const outputs = Array.isArray(result) ? result : [result];
  const files = new Map<string, string | Uint8Array>();
  let script = '';
  // In the order in which the scripts need them: the first says how the layers are stacked.
  const styles = new Set<string>();
  for (const { output } of outputs.filter((each) => 'output' in each))
    for (const file of output) {
      files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source);
      if (file.type !== 'chunk' || !file.isEntry) continue;
      script = file.fileName;
      for (const name of file.viteMetadata?.importedCss ?? []) styles.add(`/${name}`);
    }
  for (const name of files.keys()) if (name.endsWith('.css')) styles.add(name);
  const page = (lang: string): string =>
    [
      `<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>Conclave</title>`,
      '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">',
      '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">',
      ...[...styles].map((name) => `<link rel="stylesheet" href="${name}">`),
      `<body><div id="page"></div><script type="module" src="/${script}"></script>`,
    ].join('');
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stage');
    const file = files.get(pathname);
    const type = /\.(\w+)$/.exec(pathname)?.[1] ?? 'html';
    const types: Record<string, string> = { js: 'text/javascript', css: 'text/css' };
    response.setHeader('content-type', `${types[type] ?? 'text/html'}; charset=utf-8`);
    response.end(file ?? page(searchParams.get('lang') ?? 'en'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const origin = `http://127.0.0.1:${String(address.port)}`;
  return {
    address: (sample, lang) =>
      `${origin}/?lang=${lang}#${encodeURIComponent(JSON.stringify(sample))}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
