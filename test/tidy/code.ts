/** The rules of STYLE.md that one file can break by itself. */
import { finding, isNode, lineAt, nameOf, walkNodes } from './source.ts';
import type { Finding, Node, Source } from './source.ts';

const file_lines_max = 400;
const function_lines_max = 70;
/** A function of up to this many lines inside a table is a cell, not logic. */
const cell_lines_max = 3;

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function isTest(source: Source): boolean {
  return /\.test\.tsx?$/.test(source.path) || source.path.startsWith('test/');
}

function linesOf(source: Source, node: Node): number {
  return lineAt(source, node.end) - lineAt(source, node.start) + 1;
}

/** Files of at most 400 lines, tables of data not counted. */
export function checkFileSize(source: Source): Finding[] {
  if (!source.program) return [];
  const total = source.text.trimEnd().split('\n').length;
  const body = source.program['body'];
  const tables = Array.isArray(body)
    ? body.filter(isNode).filter((node) => isTable(source, node))
    : [];
  const lines = tables.reduce((left, table) => left - linesOf(source, table), total);
  if (lines <= file_lines_max) return [];
  const advice = `${String(lines)} lines, at most ${String(file_lines_max)} besides tables of data: split it by noun or verb`;
  return [finding(source, 0, advice)];
}

/** A constant whose value is data: literals, lists, objects, calls of these, and one-line cells. */
function isTable(source: Source, node: Node): boolean {
  const declared =
    node.type === 'ExportNamedDeclaration' && isNode(node['declaration'])
      ? node['declaration']
      : node;
  if (declared.type !== 'VariableDeclaration' || declared['kind'] !== 'const') return false;
  let table = true;
  walkNodes(declared, (inner) => {
    if (functions.has(inner.type) && linesOf(source, inner) > cell_lines_max) table = false;
  });
  return table;
}

/** Functions of at most 70 lines; what `describe` groups is structure and not counted. */
export function checkFunctionSize(source: Source): Finding[] {
  const found: Finding[] = [];
  walkNodes(source.program, (node, parents) => {
    if (!functions.has(node.type)) return;
    const parent = parents.at(-1);
    if (
      parent?.type === 'CallExpression' &&
      /^(?:describe|suite)$/.test(nameOf(parent['callee']) ?? '')
    )
      return;
    const lines = linesOf(source, node);
    if (lines <= function_lines_max) return;
    const advice = `a function of ${String(lines)} lines, at most ${String(function_lines_max)}: name its steps and make each a function`;
    found.push(finding(source, node.start, advice));
  });
  return found;
}

/** Settings are read in config.ts and nowhere else; main.ts may hand the environment over. */
export function checkSettings(source: Source): Finding[] {
  if (!source.path.startsWith('src/') || source.path === 'src/config.ts' || isTest(source))
    return [];
  const advice =
    'read settings in src/config.ts and take them as a parameter; nothing else reads process.env';
  const found: Finding[] = [];
  walkNodes(source.program, (node, parents) => {
    const parent = parents.at(-1);
    const handed_over =
      source.path === 'src/main.ts' &&
      parent?.type === 'CallExpression' &&
      nameOf(parent['callee']) === 'readConfig';
    if (nameOf(node) === 'process.env' && !handed_over)
      found.push(finding(source, node.start, advice));
    if (node.type !== 'ImportDeclaration' || !isNode(node['source'])) return;
    const names = source.text.slice(node.start, node.end);
    if (node['source']['value'] === 'node:process' && /\benv\b/.test(names))
      found.push(finding(source, node.start, advice));
  });
  return found;
}

/** Work left over belongs in an issue, and the checker is not to be silenced. */
export function checkComments(source: Source): Finding[] {
  return source.comments.flatMap(({ value, start }) => {
    if (/\b(?:TODO|FIXME|XXX|HACK)\b/.test(value))
      return [finding(source, start, 'do it now or file an issue; the tree keeps no TODO')];
    if (/@ts-(?:ignore|expect-error|nocheck)|(?:eslint|oxlint)-disable/.test(value))
      return [finding(source, start, 'fix the type or the code; the checker is never silenced')];
    return [];
  });
}

/** `any` turns the checker off for everything it touches. */
export function checkAny(source: Source): Finding[] {
  const found: Finding[] = [];
  walkNodes(source.program, (node) => {
    if (node.type === 'TSAnyKeyword')
      found.push(finding(source, node.start, 'name the type, or take "unknown" and check it'));
  });
  return found;
}

const vague = /^(?:utils?|helpers?|common|manager|misc|shared|lib)$|-service$/;
const kebab = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*$/;

/** Folders are subjects, files say what they do, and both are written in kebab-case. */
export function checkFileName(source: Source): Finding[] {
  if (!/^(?:src|test|bench|migrations|start)\//.test(source.path)) return [];
  return source.path.split('/').flatMap((part) => {
    const stem = part.replace(/\..*$/, '');
    if (vague.test(stem))
      return [finding(source, 0, `"${stem}" says nothing: name it for its noun or verb`)];
    const plain = /^\d{4}_/.test(part) ? part.slice(5).replaceAll('_', '-') : part;
    if (!kebab.test(plain)) return [finding(source, 0, `write "${part}" in kebab-case`)];
    return [];
  });
}

const declarations = new Set([
  'ClassDeclaration',
  'FunctionDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
]);

/** The same for what a file declares: no Manager, Helper, Service suffix, Dto, or I-prefix. */
export function checkNames(source: Source): Finding[] {
  const found: Finding[] = [];
  walkNodes(source.program, (node) => {
    if (!declarations.has(node.type)) return;
    const name = nameOf(node['id']) ?? '';
    if (/.(?:Managers?|Helpers?|Utils?|Service|Dto|DTO)$|^I[A-Z][a-z]/.test(name))
      found.push(
        finding(
          source,
          node.start,
          `"${name}": use the field's own word, without suffix or prefix`,
        ),
      );
  });
  return found;
}

// Written in two parts, so that the rule does not find itself.
const machine_path = new RegExp(
  `(?<![\\w.])/(?:${['work', 'home', 'Users', 'root'].join('|')})/[\\w.]`,
);

/** A path of one machine works on that machine only. */
export function checkMachinePaths(source: Source): Finding[] {
  if (!/\.(?:[cm]?[jt]sx?|go|json)$/.test(source.path)) return [];
  return source.lines.flatMap((text, index) =>
    machine_path.test(text)
      ? [
          {
            path: source.path,
            line: index + 1,
            advice:
              'a path of one machine: derive it from import.meta.url, os.tmpdir() or a setting',
          },
        ]
      : [],
  );
}

const addresses_allowed =
  /^https?:\/\/(?:www\.w3\.org\/|localhost\b|127\.0\.0\.1\b|(?:[\w-]+\.)*example(?:\.(?:org|com|net))?\b|$)/;

/** Pages speak to their own origin only. */
export function checkThirdParties(source: Source): Finding[] {
  if (!/^src\/(?:[\w-]+\/)?web\//.test(source.path)) return [];
  const advice = 'a page asks no other origin for anything: ship the file from our own';
  const found: Finding[] = [];
  const check = (text: string, start: number): void => {
    for (const match of text.matchAll(/(?:https?|wss?):\/\/[^\s"'`)<>]*/g))
      if (!addresses_allowed.test(match[0]))
        found.push(finding(source, start + match.index, advice));
  };
  if (!source.program) check(source.text, 0);
  walkNodes(source.program, (node) => {
    const literal = ['Literal', 'TemplateElement', 'JSXText'].includes(node.type);
    if (literal) check(source.text.slice(node.start, node.end), node.start);
  });
  return found;
}

/** A test waits for what happens; a pause makes it slow on a good day and wrong on a bad one. */
export function checkPauses(source: Source): Finding[] {
  if (!isTest(source) || source.path === 'test/until.ts') return [];
  const advice =
    'wait for the event itself (a promise, or until() of test/until.ts), never for a time';
  const found: Finding[] = [];
  walkNodes(source.program, (node, parents) => {
    if (node.type === 'ImportDeclaration' && isNode(node['source'])) {
      const names = source.text.slice(node.start, node.end);
      if (node['source']['value'] === 'node:timers/promises' && /\bsetTimeout\b/.test(names))
        found.push(finding(source, node.start, advice));
    }
    if (node.type !== 'CallExpression') return;
    const callee = nameOf(node['callee']) ?? '';
    const first = Array.isArray(node['arguments']) ? nameOf(node['arguments'][0]) : undefined;
    const resolves = first !== undefined && parents.some((parent) => resolverOf(parent) === first);
    if (/(?:^|\.)waitForTimeout$/.test(callee) || (/(?:^|\.)setTimeout$/.test(callee) && resolves))
      found.push(finding(source, node.start, advice));
  });
  return found;
}

/** The name of `resolve` in `new Promise((resolve) => …)`. */
function resolverOf(node: Node): string | undefined {
  if (node.type !== 'NewExpression' || nameOf(node['callee']) !== 'Promise') return undefined;
  const executor: unknown = Array.isArray(node['arguments']) ? node['arguments'][0] : undefined;
  if (!isNode(executor) || !Array.isArray(executor['params'])) return undefined;
  return nameOf(executor['params'][0]);
}

const test_functions = /^(?:t|test|it|describe|suite)$/;

/** A test that does not run proves nothing; one that runs alone hides the others. */
export function checkSilencedTests(source: Source): Finding[] {
  if (!isTest(source)) return [];
  const advice = 'fix the test or remove it; nothing is skipped, singled out or left for later';
  const found: Finding[] = [];
  walkNodes(source.program, (node) => {
    if (node.type !== 'CallExpression') return;
    const [object = '', property = ''] = (nameOf(node['callee']) ?? '').split('.');
    if (!test_functions.test(object)) return;
    if (/^(?:skip|only|todo)$/.test(property)) found.push(finding(source, node.start, advice));
    const args = Array.isArray(node['arguments']) ? node['arguments'].filter(isNode) : [];
    for (const options of args.filter((arg) => arg.type === 'ObjectExpression')) {
      const properties = Array.isArray(options['properties']) ? options['properties'] : [];
      for (const each of properties.filter(isNode))
        if (/^(?:skip|only|todo)$/.test(nameOf(each['key']) ?? ''))
          found.push(finding(source, each.start, advice));
    }
  });
  return found;
}
