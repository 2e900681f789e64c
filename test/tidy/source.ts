import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type ESTree } from 'vite';

/** A node of the syntax tree as the walk sees it: any object with a type and a place. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** One file of the tree. `path` is relative to the root, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly program: Node | undefined;
  readonly comments: readonly { readonly value: string; readonly start: number }[];
}

/** What a rule found, in words that say what to do. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly advice: string;
}

export type Rule = (source: Source, tree: ReadonlyMap<string, Source>) => Finding[];

const left_out = new Set(['node_modules', 'dist', 'data', 'shots', '.git', '.cache']);
const kept = /\.(?:[cm]?[jt]sx?|css|html|md|go|json|ya?ml)$/;

/** Reads one file's text into a source; TypeScript and JavaScript are parsed. */
export function readSource(path: string, text: string): Source {
  const lines = text.split('\n');
  if (!/\.[cm]?[jt]sx?$/.test(path)) return { path, text, lines, program: undefined, comments: [] };
  const parsed = parseSync(path, text);
  const failure = parsed.errors[0];
  if (failure) throw new SyntaxError(`${path}: ${failure.message}`);
  return { path, text, lines, program: asNode(parsed.program), comments: parsed.comments };
}

/** Every file of the tree below `root` that a person writes. */
export function readTree(root: string): Map<string, Source> {
  const tree = new Map<string, Source>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (left_out.has(entry.name) || entry.name === 'package-lock.json') continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (kept.test(entry.name))
        tree.set(path, readSource(path, readFileSync(join(root, path), 'utf8')));
    }
  };
  walk('');
  return tree;
}

/** The number of the line, from 1, that holds the character at `offset`. */
export function lineAt(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}

export function finding(source: Source, offset: number, advice: string): Finding {
  return { path: source.path, line: lineAt(source, offset), advice };
}

/** Calls `visit` for every node below `root`, with its parents from the outside in. */
export function walkNodes(
  root: Node | undefined,
  visit: (node: Node, parents: readonly Node[]) => void,
): void {
  if (!root) return;
  const parents: Node[] = [];
  const step = (node: Node): void => {
    visit(node, parents);
    parents.push(node);
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) for (const item of value) if (isNode(item)) step(item);
      if (isNode(value)) step(value);
    }
    parents.pop();
  };
  step(root);
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function asNode(program: ESTree.Program): Node {
  const node: unknown = program;
  if (!isNode(node)) throw new TypeError('the parser returned no program');
  return node;
}

/** The text of an identifier or of `a.b`; undefined for anything else. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier' && typeof node['name'] === 'string') return node['name'];
  if (node.type !== 'MemberExpression' || node['computed'] === true) return undefined;
  const object = nameOf(node['object']);
  const property = nameOf(node['property']);
  return object && property ? `${object}.${property}` : undefined;
}
