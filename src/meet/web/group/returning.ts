/** Coming back to one's own seat after the state was lost, or cannot follow. */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { resync } from '../../../protocol/mls/join.ts';
import { settle } from '../../../protocol/mls/commit.ts';
import { newLeaf } from '../../../protocol/mls/leaf.ts';
import type { Expectation } from '../../../protocol/mls/receive.ts';
import { pause } from './clock.ts';
import { bytesFrom, epochFrom, handed_bytes_max } from './delivery.ts';
import type { Entered, Visitor } from './entering.ts';

const between_tries_ms = { step: 200, max: 2000 };

/**
 * Takes the own leaf's place by an external commit with the same signature key. Made anew from a
 * newer info for as long as others are quicker.
 * @param expected of `OutOfSync`: only past that commit, and only if it led where it had to.
 * @throws Refusal `resync.*`, `join.*`, `info.*`; Refused
 */
export async function comeBack(
  visitor: Pick<Visitor, 'line' | 'clock' | 'link' | 'hosted' | 'key' | 'memory' | 'signal'>,
  group: string,
  expected?: Expectation,
): Promise<Entered> {
  const { line, clock, link, hosted, key, memory, signal } = visitor;
  const epoch_min = memory?.group === group ? memory.epoch : 0n;
  for (let tries = 1; ; tries += 1) {
    const given = await line.call('info', { group });
    const entrance = {
      link,
      hosted,
      group: bytesFrom(group, 16),
      epoch: epochFrom(given.epoch),
      info: bytesFrom(given.info, handed_bytes_max.info),
      now_ms: clock.now_ms(),
    };
    const leaf = await newLeaf(key, clock.now_ms());
    const pending = await resync(leaf, entrance, {
      epoch: epoch_min,
      ...(expected ? { expected } : {}),
    });
    const answer = await line.call('resync', {
      group,
      epoch: given.epoch,
      msg: toBase64url(pending.message),
      info: toBase64url(pending.info),
    });
    if ('seq' in answer) return { group: pending.next, seq: answer.seq };
    settle(pending, false);
    // Many may come back at once, after a restart of the server: each at a time of its own.
    const wait_ms = Math.min(between_tries_ms.max, between_tries_ms.step * tries);
    await pause(clock, Math.random() * wait_ms, signal);
  }
}
