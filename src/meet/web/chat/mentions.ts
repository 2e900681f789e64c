/** Names that are called in a text: `@` and the name as it stands, without regard to case. Pure. */

/** A name is over where no letter or figure of it goes on. */
function endsAt(text: string, at: number): boolean {
  return !/^[\p{L}\p{N}]/u.test(text.slice(at));
}

export function isMentioned(text: string, name: string): boolean {
  const called = `@${name.toLowerCase()}`;
  const folded = text.toLowerCase();
  for (let at = folded.indexOf(called); at >= 0; at = folded.indexOf(called, at + 1)) {
    if (endsAt(folded, at + called.length)) return true;
  }
  return false;
}

/** What was typed of a name before the caret, from its `@` on; null where none is being typed. */
export function readCalled(text: string, caret: number): { at: number; typed: string } | null {
  const found = /(?:^|\s)@([\p{L}\p{N}][^@\n]{0,60}|)$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const typed = found[1] ?? '';
  return { at: caret - typed.length - 1, typed };
}

/** Whose names begin with it, or have a word that does. */
export function suggest(names: readonly string[], typed: string, most: number): string[] {
  const wanted = typed.toLowerCase();
  const fits = (name: string): boolean =>
    name.toLowerCase().startsWith(wanted) ||
    name
      .toLowerCase()
      .split(/\s+/)
      .some((word) => word.startsWith(wanted));
  return names.filter(fits).slice(0, most);
}
