/** Keys for a trial, made here and thrown away: its picture is sealed as one of a meeting is. */
import { numberStreams } from '../../../protocol/encryption/sealing.ts';
import type { FromKeeper, ToKeeper } from '../guard/messages.ts';

const epoch = 1n;

/** A port from which the guard gets keys of two leaves, of which the first sends. */
export function keepTrialKeys(identities: readonly string[]): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const numbers = numberStreams();
  const tell = (message: FromKeeper): void => port2.postMessage(message);
  port2.addEventListener('message', ({ data }: MessageEvent<ToKeeper>) => {
    const stream = numbers.next(data.epoch, data.source);
    tell({ t: 'stream', call: data.call, stream });
  });
  port2.start();
  const leaves = identities.map((identity, leaf) => ({
    identity,
    leaf,
    media: crypto.getRandomValues(new Uint8Array(32)),
  }));
  tell({ t: 'enter', epoch, own: identities[0] ?? '', removed: false, leaves });
  tell({ t: 'send', epoch, held: false });
  return port1;
}
