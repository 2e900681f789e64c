/** The messages as they stand, and what each thing said makes of them. Pure. */
import type { Ref } from '../group/saying.ts';
import type { Sign } from '../group/signs.ts';
import { isOf } from './model.ts';
import type { Message, Reaction } from './model.ts';

export type Log = readonly Message[];

/** The oldest go. */
export const kept_max = 500;

function change(log: Log, ref: Ref, make: (message: Message) => Message): Log {
  return log.map((message) => (isOf(ref, message) ? make(message) : message));
}

/** A message said again, where its answer was lost, is there once. */
export function add(log: Log, message: Message): Log {
  const known = log.some((other) => isOf({ by: message.identity, id: message.id }, other));
  return known ? log : [...log, message].slice(-kept_max);
}

/** Only its author has the reference to it: who said it is part of it. */
export function edit(log: Log, ref: Ref, text: string): Log {
  return change(log, ref, (message) => {
    // What was taken back stays so, whatever comes after it.
    if (message.text === '') return message;
    const reactions = text === '' ? [] : message.reactions;
    return { ...message, text, edited: true, reactions };
  });
}

function reacted(reactions: readonly Reaction[], by: string, sign: Sign, on: boolean): Reaction[] {
  const known = reactions.some((each) => each.sign === sign);
  const all = known || !on ? reactions : [...reactions, { sign, by: [] }];
  return all
    .map((each) => {
      if (each.sign !== sign) return each;
      const others = each.by.filter((other) => other !== by);
      return { sign, by: on ? [...others, by] : others };
    })
    .filter((each) => each.by.length > 0);
}

/** To a message that is not known, or was taken back, there is nothing to say. */
export function react(log: Log, ref: Ref, by: string, sign: Sign, on: boolean): Log {
  return change(log, ref, (message) =>
    message.text === ''
      ? message
      : { ...message, reactions: reacted(message.reactions, by, sign, on) },
  );
}

/** Those in which every word of the search occurs, in the text or as the name; all without words. */
export function search(log: Log, text: string): Log {
  const fold = (given: string): string => given.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  const words = fold(text).toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return log;
  return log.filter((message) => {
    const found = fold(`${message.name} ${message.text}`).toLowerCase();
    return words.every((word) => found.includes(word));
  });
}
