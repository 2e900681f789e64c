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
  readonly sendKeyFrameRequest?: () => Promise<unknown>;
  /** Of a sender; for all layers. */
  readonly generateKeyFrame?: () => Promise<unknown>;
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

/** `request` where the browser lets a worker ask; what is sent, the page can ask for too. */
async function connect(piece: Piece, request?: () => Promise<unknown>): Promise<void> {
  const { id, direction, readable, writable } = piece;
  const ask = (): void => {
    if (request) request().catch(() => undefined);
    else if (direction === 'send') scope.postMessage({ t: 'key-frame', id }, []);
  };
  const line = room.line(id, direction, ask);
  try {
    await readable.pipeThrough(line).pipeTo(writable);
  } catch {
    // Its sender or receiver is gone; how it went, nobody needs to know.
  }
  room.forget(id);
}

scope.addEventListener('rtctransform', ({ transformer }) => {
  const { readable, writable, options } = transformer;
  const request =
    options.direction === 'send' ? transformer.generateKeyFrame : transformer.sendKeyFrameRequest;
  void connect({ ...options, readable, writable }, request?.bind(transformer));
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
