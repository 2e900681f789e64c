/**
 * What is said of hosts and of the door: somebody waits, somebody was put out, the link is another.
 * A host hears it as well, since nobody looks at a list while they speak.
 */
import { cleanName } from './face.ts';
import type { Group } from './group.ts';
import { chime } from './chime.ts';
import { follow } from './signal.ts';
import type { Signal } from './signal.ts';
import type { Notice } from './model.ts';

export interface HostingParts {
  readonly group: Group;
  readonly announce: (notice: Notice) => void;
  /** Whose client does what the rules do not let it do. */
  readonly unruly: Signal<ReadonlySet<string>>;
  /** A host put them out: nobody is to read that they left. */
  readonly onPutOut: (identity: string) => void;
}

export function watchHosts(parts: HostingParts, life: AbortSignal): void {
  watchDoor(parts, life);
  watchOwnRole(parts, life);
  watchUnruly(parts, life);
  const { group, announce, onPutOut } = parts;
  follow(group.link, life, () => announce({ kind: 'relinked' }));
  group.hear(life, (_identity, said) => {
    if (said.kind !== 'rename' || said.id !== group.view.get().own) return;
    announce({ kind: 'renamed', name: cleanName(said.name) });
  });
  group.onPutOut(life, ({ id, name, by }) => {
    announce({ kind: 'put-out', name: cleanName(name ?? '…'), by: cleanName(by ?? '…') });
    onPutOut(id);
  });
}

/** Whoever knocks again and again is heard no more often than this. */
const between_chimes_ms = 5000;

function watchDoor({ group, announce }: HostingParts, life: AbortSignal): void {
  let known = new Set<string>();
  let chimed_ms = Number.NEGATIVE_INFINITY;
  const title = document.title;
  const look = (): void => {
    const { waiting } = group.view.get();
    // Seen among other tabs.
    const marked = waiting.length === 0 ? title : `(${waiting.length}) ${title}`;
    if (document.title !== marked) document.title = marked;
    const fresh = waiting.filter(({ id }) => !known.has(id));
    known = new Set(waiting.map(({ id }) => id));
    for (const { name } of fresh) announce({ kind: 'waiting', name: cleanName(name) });
    if (fresh.length === 0 || performance.now() - chimed_ms < between_chimes_ms) return;
    chimed_ms = performance.now();
    chime();
  };
  follow(group.view, life, look);
  life.addEventListener('abort', () => (document.title = title), { once: true });
  look();
}

/** Hosts are told once of each; what was tried had no effect. */
function watchUnruly({ group, unruly, announce }: HostingParts, life: AbortSignal): void {
  group.onUnlawful(life, (identity) => {
    const { leaves, own } = group.view.get();
    if (unruly.get().has(identity)) return;
    unruly.set(new Set([...unruly.get(), identity]));
    if (leaves.get(own)?.role === 'guest') return;
    announce({ kind: 'unruly', name: cleanName(leaves.get(identity)?.name ?? '…') });
  });
}

function watchOwnRole({ group, announce }: HostingParts, life: AbortSignal): void {
  const read = (): string | undefined => {
    const { leaves, own } = group.view.get();
    return leaves.get(own)?.role;
  };
  let role = read();
  follow(group.view, life, () => {
    const before = role;
    role = read() ?? before;
    if (before === 'guest' && role === 'co-host') announce({ kind: 'now-host' });
  });
}
