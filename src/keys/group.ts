/** What a member knows of its group from the delivery service, as pure functions. */
import type { EventFrame } from '../app/contract.ts';
import type { Answer, Entry, GroupState, Knock, KnockState } from './contract.ts';

/**
 * The account under which a group's events are numbered. One per group, not per room: who
 * followed a group that ended must not hear the next one, and ending it deletes everything.
 */
export function accountOf(group: string): string {
  return `keys:${group}`;
}

/** The account of one knock, which its knocker alone follows. */
export function knockAccountOf(knock: string): string {
  return `keys.knock:${knock}`;
}

/** The state of a group that was just made. */
export function newGroup(group: string): GroupState {
  return { group, epoch: 0, seq: 0, ready: false, lost: [], knocks: [], ended: false };
}

type Data = {
  readonly ids?: readonly string[];
  readonly knocks?: readonly unknown[];
  readonly epoch?: number;
};

/** The state after `frame`: old state + events = new state. */
export function applyEvent(state: GroupState, frame: EventFrame): GroupState {
  const { ids = [], knocks = [], epoch } = frame.data as Data;
  switch (frame.event) {
    case 'keys.appended':
      return append(state, frame.data as Entry);
    case 'keys.knocked':
      return { ...state, knocks: [...state.knocks, ...(knocks as readonly Knock[])] };
    case 'keys.answered': {
      const over = new Set((knocks as readonly { knock: string }[]).map(({ knock }) => knock));
      return { ...state, knocks: state.knocks.filter(({ knock }) => !over.has(knock)) };
    }
    case 'keys.readied':
      return { ...state, ready: epoch === state.epoch };
    case 'keys.lost':
      return { ...state, lost: [...new Set([...state.lost, ...ids])].toSorted() };
    case 'keys.found':
    case 'keys.parted':
      return { ...state, lost: state.lost.filter((id) => !ids.includes(id)) };
    case 'keys.ended':
      return { ...state, lost: [], knocks: [], ready: false, ended: true };
    default:
      return state;
  }
}

function append(state: GroupState, { seq, kind, epoch }: Entry): GroupState {
  if (kind === 'app') return { ...state, seq };
  return { ...state, seq, epoch: kind === 'void' ? epoch : epoch + 1, ready: false };
}

/** What a knocker knows of its knock after `frame`. */
export function applyAnswer(state: KnockState, frame: EventFrame): KnockState {
  const { knocks = [] } = frame.data as { knocks?: { knock: string; answer: Answer }[] };
  const own = knocks.find(({ knock }) => knock === state.knock);
  return frame.event === 'keys.answered' && own ? { ...state, answer: own.answer } : state;
}
