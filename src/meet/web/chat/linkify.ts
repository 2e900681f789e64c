/** Finds addresses in plain text. Everything else stays text; nothing is ever read as markup. */
export interface TextPart {
  readonly text: string;
  readonly href?: string;
}

const address = /\bhttps?:\/\/[^\s<>"'`]+|\bmailto:[^\s<>"'`]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const schemes = new Set(['http:', 'https:', 'mailto:']);

/** A sentence's own marks and an unopened bracket do not belong to the address before them. */
function trimEnd(found: string): string {
  let text = found.replace(/[.,;:!?…»”’]+$/u, '');
  while (text.endsWith(')') && !text.slice(0, -1).includes('(')) text = text.slice(0, -1);
  return text;
}

/** The address as the browser will follow it, or null where it is none of the three schemes. */
function readAddress(text: string): string | null {
  const spelled = text.includes(':') ? text : `mailto:${text}`;
  if (!URL.canParse(spelled)) return null;
  const url = new URL(spelled);
  // A name before the host makes "https://bank.example@evil.example" look like the bank.
  if (!schemes.has(url.protocol) || url.username !== '' || url.password !== '') return null;
  return url.href;
}

/**
 * Splits text into plain parts and links. The visible text of a link is what was written, with
 * its host as the browser reads it, so that look-alike letters show as what they are.
 */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(address)) {
    const written = trimEnd(match[0]);
    const href = readAddress(written);
    if (href === null) continue;
    if (match.index > done) parts.push({ text: text.slice(done, match.index) });
    parts.push({ text: showHost(written, href), href });
    done = match.index + written.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}

function showHost(written: string, href: string): string {
  const { protocol, host } = new URL(href);
  if (protocol === 'mailto:') return written;
  const typed = /^https?:\/\/([^/?#]*)/i.exec(written)?.[1] ?? '';
  if (typed.toLowerCase() === host) return written;
  return `${protocol}//${host}${written.slice(written.indexOf('//') + 2 + typed.length)}`;
}
