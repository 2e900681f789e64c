/**
 * The style rules that a machine can hold. Each rule first proves on a small sample that it can
 * fail, then reads the whole tree; what it finds says what to do.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { settings } from '#src/config.ts';
import * as code from '#test/tidy/code.ts';
import { checkImports } from '#test/tidy/imports.ts';
import {
  checkDecisions,
  checkNamedTests,
  checkPins,
  checkSettingsListed,
} from '#test/tidy/papers.ts';
import { readSource, readTree } from '#test/tidy/source.ts';
import type { Finding, Rule, Source } from '#test/tidy/source.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = readTree(root);

interface Sample {
  readonly path?: string;
  readonly text: string;
}

interface RuleCase {
  readonly says: string;
  readonly rule: Rule;
  readonly bad: readonly Sample[];
  readonly good: readonly Sample[];
}

const lines = (count: number): string => Array.from({ length: count }, () => '  f();').join('\n');

const rules: readonly RuleCase[] = [
  {
    says: 'a file has at most 400 lines, tables not counted',
    rule: code.checkFileSize,
    bad: [{ text: `function a() {}\n${'a();\n'.repeat(401)}` }],
    good: [{ text: `export const table = [\n${'  { a: 1 },\n'.repeat(800)}];\n` }],
  },
  {
    says: 'a function has at most 70 lines',
    rule: code.checkFunctionSize,
    bad: [
      { text: `function f() {\n${lines(70)}\n}` },
      { text: `const g = async () => {\n${lines(70)}\n};` },
      { text: `class A { m() {\n${lines(70)}\n} }` },
    ],
    good: [
      { text: `function f() {\n${lines(60)}\n}` },
      { text: `describe('x', () => {\n${lines(90)}\n});`, path: 'src/a.test.ts' },
    ],
  },
  {
    says: 'only config.ts reads the environment',
    rule: code.checkSettings,
    bad: [
      { text: 'const a = process.env.A;' },
      { text: "const a = process.env['A'];", path: 'src/main.ts' },
      { text: "import { env } from 'node:process';" },
    ],
    good: [
      { text: 'const a = process.env.A;', path: 'src/config.ts' },
      { text: 'readConfig(process.env);', path: 'src/main.ts' },
    ],
  },
  {
    says: 'no left-over work and no silenced checker in comments',
    rule: code.checkComments,
    bad: [
      { text: '// TODO: later' },
      { text: '/* FIXME */' },
      { text: '// @ts-ignore' },
      { text: '// @ts-expect-error' },
      { text: '// eslint-disable-next-line' },
      { text: '/* oxlint-disable */' },
    ],
    good: [{ text: "const list = 'TODO'; // a list of things to do" }],
  },
  {
    says: 'no any',
    rule: code.checkAny,
    bad: [{ text: 'let a: any;' }, { text: 'function f(a: any[]) {}' }, { text: 'f(a as any);' }],
    good: [{ text: "let any = 'any'; // any" }],
  },
  {
    says: 'files are named for their noun or verb, in kebab-case',
    rule: code.checkFileName,
    bad: [
      { path: 'src/utils.ts', text: '' },
      { path: 'src/meet/helpers/a.ts', text: '' },
      { path: 'src/mail/mail-service.ts', text: '' },
      { path: 'src/meet/waitingRoom.ts', text: '' },
      { path: 'src/web/Button.tsx', text: '' },
    ],
    good: [
      { path: 'src/app/service.ts', text: '' },
      { path: 'src/meet/waiting-room.test.tsx', text: '' },
      { path: 'migrations/0007_meet_waiting.ts', text: '' },
    ],
  },
  {
    says: 'names have no empty suffix and no prefix',
    rule: code.checkNames,
    bad: [
      { text: 'class RoomManager {}' },
      { text: 'interface IRoom {}' },
      { text: 'type RoomDto = string;' },
      { text: 'function pathUtils() {}' },
    ],
    good: [{ text: 'interface IceServer {}' }, { text: 'interface Service {}' }],
  },
  {
    says: 'no path of one machine',
    rule: code.checkMachinePaths,
    bad: ['work', 'home', 'Users', 'root'].map((folder) => ({ text: `const a = '/${folder}/a';` })),
    good: [{ text: "const a = '/lk/rtc'; const b = '/m/room/home';" }],
  },
  {
    says: 'web folders name no third party',
    rule: code.checkThirdParties,
    bad: [
      { path: 'src/web/a.ts', text: "fetch('https://cdn.test/a.js');" },
      { path: 'src/meet/web/a.tsx', text: 'const a = <img src="http://cdn.test/a.png" />;' },
      { path: 'src/web/a.css', text: 'a { background: url(https://cdn.test/a.png); }' },
      { path: 'src/web/a.html', text: '<script src="https://cdn.test/a.js"></script>' },
    ],
    good: [
      { path: 'src/web/a.tsx', text: 'const a = <svg xmlns="http://www.w3.org/2000/svg" />;' },
      { path: 'src/web/a.ts', text: "const a = 'https://meet.example.org/m/…';" },
      { path: 'src/app/a.ts', text: "fetch('https://cdn.test/a.js');" },
    ],
  },
  {
    says: 'tests wait for events, not for time',
    rule: code.checkPauses,
    bad: [
      { path: 'test/a.ts', text: 'await page.waitForTimeout(500);' },
      { path: 'src/a.test.ts', text: 'await new Promise((r) => setTimeout(r, 500));' },
      { path: 'src/a.test.ts', text: "import { setTimeout } from 'node:timers/promises';" },
    ],
    good: [
      { path: 'src/a.test.ts', text: 'const timer = setTimeout(() => reject(late), 500);' },
      { path: 'src/a.test.ts', text: 'await new Promise((done, fail) => setTimeout(fail, 500));' },
      { path: 'src/a.ts', text: 'await new Promise((r) => setTimeout(r, 500));' },
    ],
  },
  {
    says: 'no test is skipped, singled out or left for later',
    rule: code.checkSilencedTests,
    bad: [
      { path: 'src/a.test.ts', text: "test.skip('a', f);" },
      { path: 'src/a.test.ts', text: "describe.only('a', f);" },
      { path: 'src/a.test.ts', text: "it.todo('a');" },
      { path: 'src/a.test.ts', text: 't.skip();' },
      { path: 'src/a.test.ts', text: "test('a', { skip: true }, f);" },
    ],
    good: [{ path: 'src/a.test.ts', text: "test('a', { timeout: 1000 }, f);" }],
  },
  {
    says: 'imports keep to the house',
    rule: checkImports,
    bad: [
      { path: 'src/protocol/mls/a.ts', text: "import '../../app/log.ts';" },
      { path: 'src/protocol/mls/a.ts', text: "import 'node:fs';" },
      { path: 'src/app/a.ts', text: "import type { A } from '../meet/contract.ts';" },
      { path: 'src/app/client.ts', text: "import { a } from '../meet/contract.ts';" },
      { path: 'src/meet/a.ts', text: "import { a } from '../media/token.ts';" },
      { path: 'src/meet/a.ts', text: "import { a } from '#src/media/token.ts';" },
      { path: 'src/media/a.ts', text: "import { a } from '../meet/index.ts';" },
      { path: 'src/media/a.ts', text: "const a = await import('../meet/index.ts');" },
      { path: 'src/meet/a.ts', text: "import { a } from './web/a.ts';" },
      { path: 'src/meet/a.ts', text: "import { a } from '../main.ts';" },
      { path: 'src/new/a.ts', text: "import { a } from '../meet/index.ts';" },
      { path: 'src/meet/web/a.ts', text: "import { a } from '../contract.ts';" },
      { path: 'src/meet/web/a.ts', text: "import { a } from '../verb.ts';" },
      { path: 'src/meet/web/a.ts', text: "import { a } from '../../chat/web/a.ts';" },
      { path: 'src/meet/web/a.ts', text: "import type { A } from '../../chat/contract.ts';" },
      { path: 'src/meet/web/a.ts', text: "import { a } from '../../keys/verb.ts';" },
      { path: 'src/meet/web/a.ts', text: "import 'node:fs';" },
      { path: 'src/web/a.ts', text: "import { a } from '../app/log.ts';" },
      { path: 'src/web/a.ts', text: "import type { A } from '../meet/contract.ts';" },
      { path: 'src/app/a.ts', text: "export * from '../meet/index.ts';" },
      { path: 'src/app/a.ts', text: "import { a } from '#test/house.ts';" },
      { path: 'src/app/a.ts', text: "import { a } from './b.test.ts';" },
    ],
    good: [
      { path: 'src/protocol/mls/a.ts', text: "import { a } from './b.ts';" },
      { path: 'src/app/client.ts', text: "import type { A } from '../meet/contract.ts';" },
      { path: 'src/app/a.ts', text: "import type { Config } from '../config.ts'; import 'pg';" },
      { path: 'src/meet/a.ts', text: "import { a } from '../media/index.ts';" },
      { path: 'src/meet/web/a.ts', text: "import type { A } from '../contract.ts';" },
      { path: 'src/meet/web/a.ts', text: "import { a } from '../noun.ts';" },
      { path: 'src/meet/web/a.ts', text: "import type { A } from '../../keys/contract.ts';" },
      { path: 'src/meet/web/a.ts', text: "import { a } from '../../app/client.ts';" },
      { path: 'src/meet/web/a.tsx', text: "import { A } from '../../web/design/a.tsx';" },
      { path: 'src/web/pages/a.tsx', text: "import { A } from '../../meet/web/a.tsx';" },
      {
        path: 'src/main.ts',
        text: "import { a } from './meet/index.ts'; import './chat/index.ts';",
      },
    ],
  },
];

/** Files that the samples of the import rule refer to. */
const sample_tree = new Map<string, Source>(
  [
    readSource('src/meet/verb.ts', "import { randomBytes } from 'node:crypto';"),
    readSource('src/meet/noun.ts', "import type { A } from './contract.ts';"),
    readSource('src/app/log.ts', "import pino from 'pino';"),
  ].map((source) => [source.path, source]),
);

function pinned(version: string): Map<string, Source> {
  const text = `{"dependencies":{"a":"${version}"}}`;
  return new Map([['package.json', readSource('package.json', text)]]);
}

function report(found: readonly Finding[]): void {
  const text = found.map(({ path, line, advice }) => `${path}:${String(line)}  ${advice}`);
  assert.equal(found.length, 0, `\n${text.join('\n')}\n`);
}

describe('tidy', () => {
  for (const { says, rule, bad, good } of rules) {
    test(says, () => {
      for (const { path = 'src/app/sample.ts', text } of bad)
        assert.notEqual(
          rule(readSource(path, text), sample_tree).length,
          0,
          `passed: ${path} ${text.slice(0, 80)}`,
        );
      for (const { path = 'src/app/sample.ts', text } of good)
        report(rule(readSource(path, text), sample_tree));
      report([...tree.values()].flatMap((source) => rule(source, tree)));
    });
  }

  test('dependencies are pinned to one version', () => {
    for (const loose of ['^1.0.0', '~1.0.0', 'latest', '1', '>=1.0.0', 'git://a'])
      assert.equal(checkPins(pinned(loose)).length, 1, loose);
    report(checkPins(pinned('18.4.0-beta.17')));
    report(checkPins(tree));
  });

  test('a decision says what each dependency spares us', () => {
    const manifest = readSource('package.json', '{"devDependencies":{"a":"1.0.0"}}');
    assert.equal(checkDecisions(new Map([['package.json', manifest]])).length, 1);
    report(checkDecisions(tree));
  });

  test('tests that papers name are there', () => {
    const tests = readSource('test/a.test.ts', "test('what is tried', () => undefined);");
    const paper = (title: string): Source =>
      readSource('docs/decisions/a.md', `As [${title}](../../test/a.test.ts) shows.`);
    const found = (title: string): Finding[] =>
      checkNamedTests(new Map([tests, paper(title)].map((source) => [source.path, source])));
    assert.equal(found('what was tried').length, 1);
    for (const title of ['what is tried', 'a.test.ts']) report(found(title));
    report(checkNamedTests(tree));
  });

  test('README and docs/operating list every setting', () => {
    const some = [{ name: 'PORT', fallback: '8080', meaning: '' }];
    const readme = readSource('README.md', 'IMPORT and `SUPPORT`');
    assert.equal(checkSettingsListed(new Map([['README.md', readme]]), some).length, 2);
    report(checkSettingsListed(tree, settings));
  });
});
