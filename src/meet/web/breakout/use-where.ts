import type { CallModel } from '../call/model.ts';
import { Signal } from '../call/signal.ts';
import { useValue } from '../call/use-value.ts';

const nowhere = new Signal<ReadonlyMap<string, string>>(new Map());

/** The name of the breakout room each is in, by identity. */
export function useWhere(model: CallModel): ReadonlyMap<string, string> {
  return useValue(useValue(model.breakouts)?.where ?? nowhere);
}
