/** Finds a nonce for one meeting. */
import { findNonce } from '../../protocol/link/work.ts';

interface WorkerScope {
  addEventListener(
    type: 'message',
    hear: (event: MessageEvent<{ readonly room: string; readonly bits: number }>) => void,
  ): void;
  postMessage(nonce: string, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
scope.addEventListener('message', ({ data: { room, bits } }) => {
  void findNonce(room, bits).then((nonce) => scope.postMessage(nonce, []));
});
