/** Who was heard of lately, judged by beats (encryption design, section 3.6). */
import type { Beat } from './beat.ts';
import { Refusal, must } from './refusal.ts';

/** A member as beats see it. */
export interface Pulse {
  /** Heard of in any epoch. Before that it has no name, no host badge and no green lock here. */
  readonly heard: boolean;
  /** Heard of in the current epoch: it has applied the last commit. */
  readonly current: boolean;
  /** Whole intervals without a beat. */
  readonly missed: number;
}

/**
 * - `well`: everybody is heard of;
 * - `missing`: some are not: a banner;
 * - `no-host`: no host is;
 * - `alone`: half of the others are not: sending stops.
 */
export type PulseState = 'well' | 'missing' | 'no-host' | 'alone';

export interface PulseWatch {
  /** The leaves of a new epoch, one's own left out, by signature key. */
  enterEpoch(keys: readonly string[], now_ms: number): void;
  /** An authentic beat of the current epoch. Throws `beat.stranger`, `beat.count`, `beat.late`. */
  hear(key: string, beat: Beat, now_ms: number): void;
  pulseOf(key: string, now_ms: number): Pulse;
  judge(hosts: readonly string[], now_ms: number): PulseState;
}

const late_ms_max = 5000;
const missed_max = 3;

/** Between two beats of a member, milliseconds. */
export function beatInterval(leaves: number): number {
  return Math.max(10_000, leaves * 100);
}

interface Member {
  heard: boolean;
  current: boolean;
  heard_ms: number;
  count: number;
  /** The smallest difference of the two clocks in this epoch: the quickest beat. */
  quickest_ms: number;
}

/** Nobody is watched before the first `enterEpoch`. */
export function watchPulses(): PulseWatch {
  let members = new Map<string, Member>();
  const missedBy = (member: Member, now_ms: number): number =>
    Math.max(0, Math.floor((now_ms - member.heard_ms) / beatInterval(members.size + 1)));
  const isMissing = (key: string, now_ms: number): boolean => {
    const member = members.get(key);
    return member !== undefined && missedBy(member, now_ms) >= missed_max;
  };
  return {
    enterEpoch(keys, now_ms) {
      members = new Map(keys.map((key) => [key, renew(members.get(key), now_ms)]));
    },
    hear(key, beat, now_ms) {
      const member = members.get(key);
      must(member !== undefined, 'beat.stranger', 'a beat of no other leaf');
      must(beat.count > member.count, 'beat.count', 'a beat that was heard before');
      const delay_ms = now_ms - beat.sent_ms;
      member.count = beat.count;
      member.quickest_ms = Math.min(member.quickest_ms, delay_ms);
      // Old beats, kept and handed out one by one, would hide that a commit is held back.
      if (delay_ms - member.quickest_ms > late_ms_max) {
        throw new Refusal('beat.late', 'a beat much slower than an earlier one');
      }
      Object.assign(member, { heard: true, current: true, heard_ms: now_ms });
    },
    pulseOf(key, now_ms) {
      const member = members.get(key);
      if (!member) return { heard: false, current: false, missed: 0 };
      const { heard, current } = member;
      return { heard, current, missed: missedBy(member, now_ms) };
    },
    judge(hosts, now_ms) {
      const others = [...members.keys()];
      const missing = others.filter((key) => isMissing(key, now_ms));
      if (missing.length === 0) return 'well';
      if (missing.length * 2 >= others.length) return 'alone';
      const watched = hosts.filter((key) => members.has(key));
      const no_host = watched.length > 0 && watched.every((key) => isMissing(key, now_ms));
      return no_host ? 'no-host' : 'missing';
    },
  };
}

/** Counts and clocks start again with an epoch, since beats of another one do not verify. */
function renew(known: Member | undefined, now_ms: number): Member {
  return {
    heard: known?.heard ?? false,
    current: false,
    heard_ms: known?.heard_ms ?? now_ms,
    count: -1,
    quickest_ms: Number.POSITIVE_INFINITY,
  };
}
