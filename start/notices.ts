/** Holds NOTICES.md to what browsers are handed: a package whose notice is missing ends the build. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const notices = fileURLToPath(new URL('../NOTICES.md', import.meta.url));
const inside = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** The folder of the package in which the module lies; nothing where it is ours. */
function folderOf(module: string): readonly string[] {
  const [folder] = inside.exec(module.replace(/^\0/, '').replace(/\?.*$/, '')) ?? [];
  return folder === undefined ? [] : [folder];
}

function nameOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return `${name} ${version}`;
}

export const noticed: Plugin = {
  name: 'noticed',
  generateBundle(_options, bundle) {
    const text = readFileSync(notices, 'utf8');
    const modules = Object.values(bundle).flatMap((file) =>
      file.type === 'chunk'
        ? Object.entries(file.modules).filter(([, { renderedLength }]) => renderedLength > 0)
        : [],
    );
    const folders = new Set(modules.flatMap(([module]) => folderOf(module)));
    const missing = [...folders].map(nameOf).filter((name) => !text.includes(name));
    if (missing.length > 0) this.error(`NOTICES.md lacks the notice of ${missing.join(', ')}.`);
  },
};
