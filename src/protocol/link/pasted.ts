import { parseFragment } from './link.ts';
import type { Parsed } from './link.ts';

/**
 * The link in a text a person pasted: alone, or in a sentence, with or without its scheme, with
 * whatever punctuation or quotation marks stand around it.
 *
 * @param host of this server, with its port where it has one of its own: `location.host`.
 */
export function parseLink(text: string, host: string): Parsed {
  // Some programs escape the `#` of a link they pass on.
  const found = /\bm\/([a-z2-9]{26})(?![\w-])\/?(?:\?[^\s#]*)?(?:(?:#|%23)([\w.-]*))?/.exec(text);
  if (!found) return { link: null, fault: 'none' };
  const [, room = '', fragment = ''] = found;
  // A full stop after the link ends the sentence: no part of a link is empty.
  const parsed = parseFragment(room, fragment.replace(/\.+$/, ''));
  if (parsed.fault) return parsed;
  // Only so far back, that a long text costs no more than a short one.
  const before = text.slice(Math.max(0, found.index - 300), found.index);
  const other = /([\p{L}\d[](?:[^\s/"'<>()«“‘]*[\p{L}\d\]])?)\/$/u.exec(before)?.[1];
  return other === undefined || sameHost(other, host) ? parsed : { link: null, fault: 'foreign' };
}

/** Compared as browsers write them: lower case, and punycode where the name has accents. */
function sameHost(one: string, host: string): boolean {
  try {
    return new URL(`https://${one}`).host === new URL(`https://${host}`).host;
  } catch {
    return false;
  }
}
