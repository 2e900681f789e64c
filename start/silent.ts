/**
 * Takes the media client's log out of it. The product never lets it speak, because it would name
 * rooms, tracks and devices; what it would have said still weighs several kilobytes.
 */
import { parseAst } from 'vite';
import type { Plugin } from 'vite';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error']);
const loggers = new Set(['log', 'livekitLogger']);

function isNode(value: unknown): value is Node & Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function nameOf(value: unknown): unknown {
  if (!isNode(value)) return undefined;
  return value.type === 'MemberExpression' ? nameOf(value['property']) : value['name'];
}

/** A statement that does nothing but log: `this.log.debug(…);`, whatever its arguments. */
function isLogging(node: Node & Record<string, unknown>): boolean {
  if (node.type !== 'ExpressionStatement' || !isNode(node['expression'])) return false;
  const { type, callee } = node['expression'];
  if (type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') {
    return false;
  }
  return levels.has(String(nameOf(callee))) && loggers.has(String(nameOf(callee['object'])));
}

function findLogging(node: Node & Record<string, unknown>, found: Node[]): void {
  if (isLogging(node)) {
    found.push(node);
    return;
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child)) findLogging(child, found);
    }
  }
}

/** The code without its logging statements; each leaves an empty one in its place. */
export function silence(code: string): string {
  const found: Node[] = [];
  findLogging(parseAst(code) as unknown as Node & Record<string, unknown>, found);
  let silent = '';
  let at = 0;
  for (const { start, end } of found) {
    silent += `${code.slice(at, start)};`;
    at = end;
  }
  return silent + code.slice(at);
}

export const silentClient: Plugin = {
  name: 'silent-client',
  transform: {
    filter: { id: /livekit-client\.esm\.mjs/ },
    handler: (code) => ({ code: silence(code), map: null }),
  },
};
