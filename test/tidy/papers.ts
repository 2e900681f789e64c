/** The rules that hold the papers to the code: pins, decisions, settings. */
import { posix } from 'node:path';
import type { Setting } from '#src/config.ts';
import type { Finding, Source } from './source.ts';

type Tree = ReadonlyMap<string, Source>;

const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

function dependenciesOf(manifest: Source): [name: string, version: string][] {
  const parsed: unknown = JSON.parse(manifest.text);
  if (typeof parsed !== 'object' || parsed === null) return [];
  const by_group = new Map<string, unknown>(Object.entries(parsed));
  return groups.flatMap((group) => {
    const listed = by_group.get(group);
    return typeof listed === 'object' && listed !== null
      ? Object.entries(listed).map(([name, version]): [string, string] => [name, String(version)])
      : [];
  });
}

function lineWith(source: Source, text: string): number {
  return source.lines.findIndex((line) => line.includes(text)) + 1;
}

/** Every version is exact: an install tomorrow is the install of today. */
export function checkPins(tree: Tree): Finding[] {
  const manifest = tree.get('package.json');
  if (!manifest) return [];
  return dependenciesOf(manifest)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    .map(([name, version]) => ({
      path: 'package.json',
      line: lineWith(manifest, `"${name}"`),
      advice: `pin ${name} to one version instead of "${version}" (npm install --save-exact)`,
    }));
}

/** Every dependency has a line in docs/decisions that says what it spares us. */
export function checkDecisions(tree: Tree): Finding[] {
  const manifest = tree.get('package.json');
  if (!manifest) return [];
  const decisions = [...tree.values()]
    .filter(({ path }) => /^docs\/decisions\/.*\.md$/.test(path))
    .map(({ text }) => text)
    .join('\n');
  return dependenciesOf(manifest)
    .filter(([name]) => !decisions.includes(`\`${name}\``))
    .map(([name]) => ({
      path: 'package.json',
      line: lineWith(manifest, `"${name}"`),
      advice: `say in docs/decisions what \`${name}\` spares us (its name in backquotes)`,
    }));
}

/** Every setting is in the README and in docs/operating. */
export function checkSettingsListed(tree: Tree, settings: readonly Setting[]): Finding[] {
  const read = (path: string): string => tree.get(path)?.text ?? '';
  const operating = [...tree.keys()].filter((path) => path.startsWith('docs/operating/'));
  const papers = [
    { path: 'README.md', text: read('README.md') },
    { path: 'docs/operating/', text: operating.map(read).join('\n') },
  ];
  return papers.flatMap(({ path, text }) =>
    settings
      .filter(({ name }) => !new RegExp(`\`${name}(?:=[^\`]*)?\``).test(text))
      .map(({ name }) => ({
        path,
        line: 1,
        advice: `list the setting \`${name}\` (src/config.ts)`,
      })),
  );
}

/**
 * A link to a test file names a test in it, or the file itself: `[who waits …](../test/host.test.ts)`.
 * A paper that says what is tried must not outlive the test.
 */
export function checkNamedTests(tree: Tree): Finding[] {
  const papers = [...tree.values()].filter(({ path }) => path.endsWith('.md'));
  return papers.flatMap(({ path, lines }) =>
    lines.flatMap((text, at) =>
      [...text.matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)].flatMap(
        ([, title = '', link = '']) => {
          const target = posix.normalize(posix.join(posix.dirname(path), link));
          const named = `'${title}'`;
          const known = target.endsWith(title) || tree.get(target)?.text.includes(named) === true;
          return known
            ? []
            : [{ path, line: at + 1, advice: `there is no test ${named} in ${target}` }];
        },
      ),
    ),
  );
}
