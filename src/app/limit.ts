import type { Rate } from './contract.ts';

interface Bucket {
  /** Calls that may still be made, at `at_ms`. */
  level: number;
  at_ms: number;
}

/** Buckets remembered at most; past that the fullest half is forgotten. */
const buckets_max = 50_000;

/**
 * Token buckets by key. Bounded: a flood of different keys costs at most `buckets_max` entries.
 * What is forgotten first are full buckets, which say nothing.
 */
export class Limiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now_ms: () => number;

  constructor(now_ms: () => number = () => performance.now()) {
    this.#now_ms = now_ms;
  }

  /** Takes one from `key`'s bucket. Returns 0, or the milliseconds until one is there again. */
  take(key: string, rate: Rate): number {
    const now = this.#now_ms();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= buckets_max) this.#forget();
      bucket = { level: rate.burst, at_ms: now };
      this.#buckets.set(key, bucket);
    }
    bucket.level = Math.min(rate.burst, bucket.level + (now - bucket.at_ms) / rate.refill_ms);
    bucket.at_ms = now;
    if (bucket.level >= 1) {
      bucket.level -= 1;
      return 0;
    }
    return (1 - bucket.level) * rate.refill_ms;
  }

  /** Gives one back: what was taken did not happen, and by no fault of the caller's. */
  giveBack(key: string, rate: Rate): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.level = Math.min(rate.burst, bucket.level + 1);
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Drops the half used longest ago: a Map keeps insertion order, and refills made those full. */
  #forget(): void {
    let left = buckets_max / 2;
    for (const key of this.#buckets.keys()) {
      if (left-- <= 0) break;
      this.#buckets.delete(key);
    }
  }
}

/**
 * The unit that limits count by: an IPv4 address, or the /64 of an IPv6 address, which is what
 * one subscriber is given. An IPv4-mapped address counts as its IPv4.
 */
export function addressBlock(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  if (tail !== undefined) while (groups.length + rest.length < 8) groups.push('0');
  const all = [...groups, ...rest].map((group) => (parseInt(group, 16) || 0).toString(16));
  return `${all.slice(0, 4).join(':')}::/64`;
}
