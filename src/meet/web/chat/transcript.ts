/** The chat as text, for whoever saw it: with their own private messages, and nobody else's. Pure. */
import type { Message } from './model.ts';

export interface TranscriptWords {
  readonly privately: (to: string) => string;
  readonly taken_back: string;
}

export function writeTranscript(
  messages: readonly Message[],
  lang: string,
  words: TranscriptWords,
): string {
  const date = new Intl.DateTimeFormat(lang, { dateStyle: 'short', timeStyle: 'short' });
  const lines = messages.map(({ at, name, to, text }) => {
    const whom = to ? ` (${words.privately(to.name)})` : '';
    return `${date.format(at)} ${name}${whom}: ${text === '' ? words.taken_back : text}`;
  });
  return `${lines.join('\n')}\n`;
}
