/**
 * The simple marks of a message: **bold**, *italic*, ~~struck~~, `code`, and a block of code between
 * lines of three backticks. Everything else is text; nothing is ever read as markup. Pure.
 */
import { splitLinks } from './linkify.ts';
import type { TextPart } from './linkify.ts';

export type Mark = 'strong' | 'em' | 's' | 'code';

/** A piece of a line, in the marks around it, outermost first. */
export interface Span extends TextPart {
  readonly marks: readonly Mark[];
}

export type Block =
  | { readonly kind: 'text'; readonly spans: readonly Span[] }
  | { readonly kind: 'code'; readonly text: string };

/** Marks deeper than this are text: nobody writes them, and somebody could mean harm by them. */
const depth_max = 3;

const fence = /^```[^\n`]*\n([\s\S]*?)\n?```$/m;
const marked =
  /`([^`\n]+)`|\*\*(?=\S)([^\n]+?)(?<=\S)\*\*|~~(?=\S)([^\n]+?)(?<=\S)~~|(?<![\p{L}\p{N}*])\*(?=[^\s*])([^\n*]+?)(?<=\S)\*(?![\p{L}\p{N}*])/u;
const names: readonly Mark[] = ['code', 'strong', 's', 'em'];

function plain(text: string, marks: readonly Mark[]): Span[] {
  return text === '' ? [] : splitLinks(text).map((part) => ({ ...part, marks }));
}

function readSpans(text: string, marks: readonly Mark[]): Span[] {
  const found = marks.length < depth_max ? marked.exec(text) : null;
  if (!found) return plain(text, marks);
  const [whole, ...inner] = found;
  const at = inner.findIndex((part) => part !== undefined);
  const mark = names[at];
  const content = inner[at] ?? '';
  if (mark === undefined) return plain(text, marks);
  const within: Span[] =
    mark === 'code'
      ? [{ text: content, marks: [...marks, mark] }]
      : readSpans(content, [...marks, mark]);
  return [
    ...plain(text.slice(0, found.index), marks),
    ...within,
    ...readSpans(text.slice(found.index + whole.length), marks),
  ];
}

export function formatMessage(text: string): Block[] {
  const found = fence.exec(text);
  if (!found) return text === '' ? [] : [{ kind: 'text', spans: readSpans(text, []) }];
  const before = text.slice(0, found.index).replace(/\n$/, '');
  const after = text.slice(found.index + found[0].length).replace(/^\n/, '');
  return [
    ...formatMessage(before),
    { kind: 'code', text: found[1] ?? '' },
    ...formatMessage(after),
  ];
}

/** The message in one line, without its marks. */
export function plainText(text: string): string {
  const parts = formatMessage(text).map((block) =>
    block.kind === 'code' ? block.text : block.spans.map((span) => span.text).join(''),
  );
  return parts.join(' ').replaceAll(/\s+/g, ' ');
}
