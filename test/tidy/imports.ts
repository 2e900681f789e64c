/** The import rules of ARCHITECTURE.md: who may know whom. */
import { posix } from 'node:path';
import { finding, isNode, walkNodes } from './source.ts';
import type { Finding, Node, Source } from './source.ts';

/** Rooms in their order: the right one may import the left one, through its index.ts. */
export const rooms = [
  'identity',
  'keys',
  'files',
  'mail',
  'media',
  'meet',
  'chat',
  'calendar',
] as const;

interface Import {
  readonly from: string;
  /** The path inside the tree, without the extension's guess; undefined for a package. */
  readonly target: string | undefined;
  readonly types_only: boolean;
  readonly start: number;
}

interface Place {
  readonly zone: 'protocol' | 'app' | 'room' | 'web' | 'page' | 'top' | 'outside';
  readonly room: string | undefined;
  readonly web: boolean;
  readonly file: string;
}

type Tree = ReadonlyMap<string, Source>;

/** Every import and re-export of a file, static and dynamic. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walkNodes(source.program, (node) => {
    const from = specifierOf(node);
    if (from === undefined) return;
    found.push({
      from,
      target: resolveTarget(source.path, from),
      types_only: isTypesOnly(node),
      start: node.start,
    });
  });
  return found;
}

function specifierOf(node: Node): string | undefined {
  const kinds = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'];
  if (!kinds.includes(node.type) && node.type !== 'ImportExpression') return undefined;
  const from = node['source'];
  return isNode(from) && typeof from['value'] === 'string' ? from['value'] : undefined;
}

function isTypesOnly(node: Node): boolean {
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const names = node['specifiers'];
  if (!Array.isArray(names) || names.length === 0) return false;
  return names.every(
    (name: unknown) =>
      isNode(name) && (name['importKind'] === 'type' || name['exportKind'] === 'type'),
  );
}

function resolveTarget(path: string, from: string): string | undefined {
  const bare = from.replace(/\?.*$/, '');
  if (bare.startsWith('#')) return bare.slice(1);
  if (bare.startsWith('.')) return posix.normalize(posix.join(posix.dirname(path), bare));
  return undefined;
}

function placeOf(path: string): Place {
  const [top, folder = '', ...rest] = path.split('/');
  const file = rest.join('/');
  const web = folder === 'web' || rest[0] === 'web';
  if (top !== 'src') return { zone: 'outside', room: undefined, web: false, file: path };
  if (rest.length === 0) return { zone: 'top', room: undefined, web: false, file: folder };
  if (folder === 'protocol') return { zone: 'protocol', room: undefined, web: false, file };
  if (folder === 'app') return { zone: 'app', room: undefined, web: false, file };
  if (folder === 'web') {
    const zone = rest[0] === 'pages' ? 'page' : 'web';
    return { zone, room: undefined, web: true, file };
  }
  return { zone: 'room', room: folder, web, file };
}

/**
 * Whether a file may also run in a browser: it is no door and no verb, so it and everything it
 * imports for its values has no Node module, no package and no machinery of the server.
 */
function isPure(path: string, tree: Tree, seen = new Set<string>()): boolean {
  if (seen.has(path)) return true;
  seen.add(path);
  const source = tree.get(path);
  if (!source) return false;
  return importsOf(source).every(
    (each) =>
      each.types_only ||
      (each.target !== undefined &&
        (each.target.startsWith('src/protocol/') || isPure(each.target, tree, seen))),
  );
}

/** Every import of `source` that the house does not allow. Tests may import what they test. */
export function checkImports(source: Source, tree: Tree): Finding[] {
  if (!source.path.startsWith('src/') || /\.test\.tsx?$/.test(source.path)) return [];
  const here = placeOf(source.path);
  return importsOf(source).flatMap((each) => {
    const advice =
      each.target === undefined ? checkPackage(here, each) : checkOwn(here, each, tree);
    return advice === undefined ? [] : [finding(source, each.start, advice)];
  });
}

function checkPackage(here: Place, each: Import): string | undefined {
  if (here.zone === 'protocol' && each.from.startsWith('node:'))
    return `protocol/ is pure: take the bytes or the time as a parameter instead of importing ${each.from}`;
  if (here.web && each.from.startsWith('node:') && !each.types_only)
    return `${each.from} does not exist in a browser: move this to the server side of the room`;
  return undefined;
}

function checkOwn(here: Place, each: Import, tree: Tree): string | undefined {
  const target = each.target ?? '';
  const there = placeOf(target);
  if (there.zone === 'outside' && !/^package\.json$|^migrations\//.test(target))
    return `src/ does not import ${target}: what the product needs lives in src/`;
  if (/\.test\.tsx?$/.test(target)) return `nothing imports a test: move what ${target} shares`;
  if (here.zone === 'protocol' && there.zone !== 'protocol')
    return `protocol/ imports nothing of ours: pass what it needs from ${target} as a parameter`;
  if (here.zone === 'app') return checkApp(here, there, each);
  if (here.zone === 'top') return undefined;
  return here.web ? checkWeb(here, there, each, tree) : checkRoom(here, there, each);
}

function checkApp(here: Place, there: Place, each: Import): string | undefined {
  const knows_a_room = there.zone === 'room' || there.web;
  if (knows_a_room && here.file === 'client.ts' && each.types_only) return undefined;
  if (knows_a_room)
    return `app/ knows no room: let main.ts hand ${each.target ?? ''} in as a parameter`;
  if (there.zone === 'top' && there.file !== 'config.ts')
    return `app/ does not import ${there.file}: the machinery is started by it`;
  return undefined;
}

function checkRoom(here: Place, there: Place, each: Import): string | undefined {
  if (there.web) return `the server side of ${here.room ?? ''} does not import a web/ folder`;
  if (there.zone === 'top' && there.file !== 'config.ts')
    return `a room does not import ${there.file}: main.ts knows the rooms, not the other way round`;
  if (there.zone !== 'room' || there.room === here.room) return undefined;
  return checkNeighbour(here, there, each);
}

function checkNeighbour(here: Place, there: Place, each: Import): string | undefined {
  const order = rooms.join(', ');
  const [mine, theirs] = [here, there].map((place) =>
    rooms.findIndex((room) => room === place.room),
  );
  if (mine === undefined || mine < 0)
    return `"${here.room ?? ''}" is no room of the house: add it to the order in test/tidy/imports.ts (${order})`;
  if (theirs === undefined || theirs < 0 || theirs > mine)
    return `${here.room ?? ''} may import only rooms left of it (${order}), not ${there.room ?? ''}: publish an event or turn the dependency round`;
  if (there.file !== 'index.ts')
    return `import ${there.room ?? ''} through src/${there.room ?? ''}/index.ts, not ${each.target ?? ''}: export there what other rooms may call`;
  return undefined;
}

/** A room's place in the order; the last for what is none. */
function rankOf(room: string | undefined): number {
  const rank = rooms.findIndex((name) => name === room);
  return rank === -1 ? rooms.length : rank;
}

function checkWeb(here: Place, there: Place, each: Import, tree: Tree): string | undefined {
  const target = each.target ?? '';
  if (there.zone === 'protocol') return undefined;
  if (there.web) {
    if (there.room === undefined && there.zone === 'page' && here.zone !== 'page')
      return `pages compose rooms; nothing but a page imports ${target}`;
    if (here.zone === 'page' || there.room === undefined || there.room === here.room)
      return undefined;
    return `only src/web/pages knows several rooms: hand ${target} in as a parameter from a page`;
  }
  if (there.zone === 'app' && there.file === 'client.ts') return undefined;
  // What crosses the wire of a room to the left may be known, as on the server's side.
  const is_left = here.room !== undefined && rankOf(there.room) < rankOf(here.room);
  if (there.zone === 'room' && here.zone !== 'page' && there.room !== here.room && !is_left)
    return `only src/web/pages knows several rooms: move ${target} or pass it in from a page`;
  if (there.file === 'contract.ts' && !each.types_only)
    return `import ${target} with "import type": the browser carries no schema`;
  if (there.file === 'contract.ts' || (there.zone === 'app' && each.types_only)) return undefined;
  if (isPure(target, tree)) return undefined;
  return `web/ imports only web/, contract.ts, pure noun files, protocol/ and app/client.ts; ${target} is a verb, a door or machinery: call it with app/client.ts`;
}
