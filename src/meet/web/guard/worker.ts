/**
 * The worker through which every frame goes. What the browser hands it is a line with a direction
 * and a number; the page says what that stands for, the keeper of the group's keys brings keys.
 * Nothing here sends anything anywhere.
 */
import type { EncodedFrame } from './line.ts';
import type { Direction, FromPage, ToPage } from './messages.ts';
import { SealingRoom } from './sealing-room.ts';

/** RTCRtpScriptTransformer of WebRTC Encoded Transform, as far as it is used. */
interface Transformer {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: { readonly id: number; readonly direction: Direction };
  /** Of a receiver. */
  sendKeyFrameRequest?(): Promise<unknown>;
  /** Of a sender; for all layers. */
  generateKeyFrame?(): Promise<unknown>;
}

interface WorkerScope {
  addEventListener(type: 'message', hear: (event: MessageEvent<FromPage>) => void): void;
  addEventListener(
    type: 'rtctransform',
    hear: (event: { readonly transformer: Transformer }) => void,
  ): void;
  postMessage(message: ToPage, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const room = new SealingRoom({
  now_ms: () => performance.now(),
  tell: (message) => scope.postMessage(message, []),
});

/** The lock is drawn from these; more often it need not be. */
const counts_ms = 500;

interface Piece {
  readonly id: number;
  readonly direction: Direction;
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
}

async function connect(piece: Piece, requestKeyFrame?: () => void): Promise<void> {
  const { id, direction, readable, writable } = piece;
  const line = room.line(id, direction, requestKeyFrame);
  try {
    await readable.pipeThrough(line).pipeTo(writable);
  } catch {
    // Its sender or receiver is gone; how it went, nobody needs to know.
  }
  room.forget(id);
}

scope.addEventListener('rtctransform', ({ transformer }) => {
  const { readable, writable, options } = transformer;
  const request = (): Promise<unknown> | undefined =>
    options.direction === 'send'
      ? transformer.generateKeyFrame?.()
      : transformer.sendKeyFrameRequest?.();
  const ask = (): void => void request()?.catch(() => undefined);
  void connect({ ...options, readable, writable }, ask);
});

scope.addEventListener('message', ({ data }) => {
  if (data.t === 'streams') void connect(data);
  else room.hear(data);
});

let told = 0;
setInterval(() => {
  const lines = room.counts;
  const sum = lines.reduce((all, { seen }) => all + seen + 1, 0);
  if (sum === told) return;
  told = sum;
  scope.postMessage({ t: 'counts', lines }, []);
}, counts_ms);
