/** What a keyless listener has of a call: bytes that say nothing, and no picture of anybody. */
import assert from 'node:assert/strict';
import { until } from '../until.ts';
import type { MemberPage } from './member.ts';

const patience_ms = 20_000;
/** Silence of the media engine itself, which stands in for who was switched off (Opus). */
const blanks = [[0xf8, 0xff, 0xfe]];
const header_max = 10;
const trailer_bytes = 8;

/** Bits a byte: 8 where nothing can be told from them. */
function entropy(bytes: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / bytes.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/**
 * Takes down what the listener is sent and looks at all of it. What its decoders make of that is no
 * measure: noise behind a VP8 header in clear is sometimes taken for a picture, of nothing.
 */
export async function expectSealed({ page }: MemberPage): Promise<void> {
  await page.evaluate(() => window.tapped.forget());
  const { frames } = await until('300 frames at the tap', patience_ms, async () => {
    const taken = await page.evaluate(() => window.tapped.taken());
    return taken.frames.length >= 300 && taken;
  });
  const inner: number[] = [];
  for (const { kind, bytes } of frames) {
    if (bytes.length === 0 || isBlank(bytes)) continue;
    const last = bytes.at(-1) ?? 0;
    assert.equal(last & 0xf0, 0xc0, `a ${kind} frame without our trailer: ${bytes.join(' ')}`);
    inner.push(...bytes.slice(header_max, -trailer_bytes));
  }
  assert.ok(inner.length > 20_000, `${inner.length} bytes are too few to judge`);
  assert.ok(entropy(inner) > 7.9, `entropy ${entropy(inner).toFixed(3)}`);
  assert.ok((await page.evaluate(() => window.tapped.received())) > 100);
  assert.deepEqual(await page.evaluate(() => window.tapped.recognise(1500)), []);
}

function isBlank(bytes: readonly number[]): boolean {
  return blanks.some((blank) => blank.join() === bytes.join());
}
