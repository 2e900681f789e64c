/**
 * What is tried, what came of it, and what that means for a meeting. Pure: the same findings give the
 * same verdict.
 */
import type { Offer, Way } from './narrow.ts';

/** In the order they are tried. */
export const steps = [
  'browser',
  'server',
  'socket',
  'udp',
  'tcp',
  'relay',
  'line',
  'keys',
] as const;
export type Step = (typeof steps)[number];

export type State = 'waiting' | 'running' | 'good' | 'fair' | 'bad' | 'skipped';

/** How the line was while a picture went over it for some seconds. */
export interface LineFigures {
  readonly kbit_s: number;
  /** Parts of 1; null where nothing was said of it. */
  readonly lost_up: number | null;
  readonly lost_down: number;
  readonly jitter_ms: number;
  readonly round_ms: number | null;
  /** Paints of the page in a second: where there are few, it was the page that sent little. */
  readonly paints_s: number;
}

export interface Findings {
  readonly states: Readonly<Record<Step, State>>;
  /** Round trip of a call to our own server; to the media server each way, milliseconds. */
  readonly server_ms: number | null;
  readonly ways_ms: Readonly<Partial<Record<Way, number>>>;
  readonly line: LineFigures | null;
  /** Frames that went through the encryption, and came out of it. */
  readonly sealed: number;
  readonly opened: number;
  readonly offers: readonly Offer[];
}

export const nothing_yet: Findings = {
  states: {
    browser: 'waiting',
    server: 'waiting',
    socket: 'waiting',
    udp: 'waiting',
    tcp: 'waiting',
    relay: 'waiting',
    line: 'waiting',
    keys: 'waiting',
  },
  server_ms: null,
  ways_ms: {},
  line: null,
  sealed: 0,
  opened: 0,
  offers: [],
};

/** Past these a call is heard to suffer; past those it is hard to follow. */
const lost_max = { good: 0.02, fair: 0.1 };
const round_ms_max = { good: 300, fair: 600 };
const kbit_s_min = { good: 400, fair: 120 };
const paints_s_min = 15;

export function judgeLine(figures: LineFigures): State {
  const { lost_up, lost_down, round_ms, paints_s } = figures;
  const lost = Math.max(lost_up ?? 0, lost_down);
  const kbit_s = paints_s < paints_s_min ? Infinity : figures.kbit_s;
  const round = round_ms ?? 0;
  const isWithin = (name: 'good' | 'fair'): boolean =>
    lost <= lost_max[name] && round <= round_ms_max[name] && kbit_s >= kbit_s_min[name];
  if (isWithin('good')) return 'good';
  return isWithin('fair') ? 'fair' : 'bad';
}

/** What whoever tried is told, in the order of what stops a meeting first. */
export type Verdict =
  | 'running'
  | 'browser'
  | 'server'
  | 'busy'
  | 'socket'
  | 'media'
  | 'keys'
  | 'weak'
  | 'poor'
  | 'tcp'
  | 'relay'
  | 'good';

const done: readonly State[] = ['good', 'fair', 'bad', 'skipped'];

export function judge({ states }: Findings): Verdict {
  if (states.browser === 'bad') return 'browser';
  if (states.server === 'fair') return 'busy';
  if (states.server === 'bad') return 'server';
  if (states.socket === 'bad') return 'socket';
  if (!steps.every((step) => done.includes(states[step]))) return 'running';
  const is_open = (way: Way): boolean => states[way] === 'good';
  if (!is_open('udp') && !is_open('tcp') && !is_open('relay')) return 'media';
  if (states.keys === 'bad') return 'keys';
  if (states.line === 'bad') return 'poor';
  if (states.line === 'fair') return 'weak';
  if (is_open('udp')) return 'good';
  return is_open('relay') ? 'relay' : 'tcp';
}

/** An address that only machines of the same network reach (RFC 1918, 4193, 3927, 6598). */
export function isPrivate(address: string): boolean {
  const [first = 0, second = 0] = address.split('.').map(Number);
  if (address.includes(':')) return /^(::1$|f[cd]|fe[89ab])/i.test(address);
  return (
    first === 10 ||
    first === 127 ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    (first === 100 && second >= 64 && second < 128)
  );
}
