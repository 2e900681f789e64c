/** The keeper of one member's keys as tests make it: random keys, real numbers. */
import { numberStreams } from '../../../protocol/encryption/sealing.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { FromKeeper, LeafKeys, ToKeeper } from './messages.ts';

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

export class TestKeeper {
  readonly port: MessagePort;
  readonly #own: string;
  readonly #inner: MessagePort;
  #flushes = 1;
  readonly #numbers = numberStreams();

  constructor(own: string) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.#inner = port2;
    this.#own = own;
    port2.addEventListener('message', ({ data }: MessageEvent<ToKeeper>) => {
      const stream = this.#numbers.next(data.epoch, data.source);
      this.#tell({ t: 'stream', call: data.call, stream });
    });
    port2.start();
  }

  enter(epoch: bigint, leaves: readonly LeafKeys[], removed = false): void {
    this.#tell({ t: 'enter', epoch, own: this.#own, removed, leaves });
  }

  send(epoch: bigint, held = false): void {
    this.#tell({ t: 'send', epoch, held });
  }

  drop(epoch: bigint): void {
    this.#tell({ t: 'drop', epoch });
  }

  end(): void {
    this.#tell({ t: 'end' });
  }

  /** Resolves once the other side has heard all that was said so far. */
  heard(): Promise<void> {
    return new Promise((resolve) => {
      const call = -this.#flushes++;
      const hear = ({ data }: MessageEvent<FromKeeper>): void => {
        if (data.t !== 'stream' || data.call !== call) return;
        this.port.removeEventListener('message', hear);
        resolve();
      };
      this.port.addEventListener('message', hear);
      this.#tell({ t: 'stream', call, stream: null });
    });
  }

  close(): void {
    this.#inner.close();
  }

  #tell(message: FromKeeper): void {
    this.#inner.postMessage(message, []);
  }
}

/** Keys of an epoch for these identities, seated in order. */
export function seat(identities: readonly string[]): LeafKeys[] {
  return identities.map((identity, leaf) => ({ identity, leaf, media: randomBytes(32) }));
}
