import { addressBlock } from './limit.ts';

const held_bytes_max = 256 * 1024 * 1024;
/** Of one network: a few slow senders must not take what everybody has. */
const held_bytes_each_max = 64 * 1024 * 1024;

/**
 * Bytes of large request bodies that are being received or worked on. A body is in memory before
 * anything is known of its sender, so together they must stay below what the server has.
 */
export class LargeBodies {
  readonly #by_block = new Map<string, number>();
  #held_bytes = 0;

  /** Room for a body of `bytes` from `address`, given back by the call returned; or undefined. */
  take(address: string, bytes: number): (() => void) | undefined {
    const block = addressBlock(address);
    const held = this.#by_block.get(block) ?? 0;
    if (held + bytes > held_bytes_each_max) return undefined;
    if (this.#held_bytes + bytes > held_bytes_max) return undefined;
    this.#hold(block, bytes);
    return () => this.#hold(block, -bytes);
  }

  #hold(block: string, bytes: number): void {
    this.#held_bytes += bytes;
    const held = (this.#by_block.get(block) ?? 0) + bytes;
    if (held === 0) this.#by_block.delete(block);
    else this.#by_block.set(block, held);
  }
}
