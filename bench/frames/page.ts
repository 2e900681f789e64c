/** What one frame costs on its way through the guard's lines, measured inside a browser. */
import { sources } from '#src/protocol/encryption/frame.ts';
import type { EncodedFrame } from '#src/meet/web/guard/line.ts';
import type { Direction } from '#src/meet/web/guard/messages.ts';
import { SealingRoom } from '#src/meet/web/guard/sealing-room.ts';
import { seat, TestKeeper } from '#src/meet/web/guard/test-keeper.ts';

interface Side {
  readonly room: SealingRoom;
  readonly keeper: TestKeeper;
}

/** Milliseconds a frame. */
export interface Cost {
  /** Through a stream that changes nothing. */
  readonly bare: number;
  readonly seal: number;
  readonly open: number;
  /** Bytes that sealing adds. */
  readonly added: number;
}

function openSide(identity: string): Side {
  const room = new SealingRoom({ now_ms: () => performance.now(), tell: () => undefined });
  const keeper = new TestKeeper(identity);
  room.hear({ t: 'keys', port: keeper.port });
  return { room, keeper };
}

function frameOf(data: ArrayBuffer, type: string | undefined): EncodedFrame {
  return { data, ...(type === undefined ? {} : { type }), getMetadata: () => ({}) };
}

/** Sends the frames through, one after another, and gives what came out and how long each took. */
async function run(
  stream: TransformStream<EncodedFrame, EncodedFrame>,
  frames: readonly EncodedFrame[],
): Promise<{ out: EncodedFrame[]; each_ms: number }> {
  const out: EncodedFrame[] = [];
  const began = performance.now();
  const reading = stream.readable.pipeTo(
    new WritableStream({ write: (frame) => void out.push(frame) }),
  );
  const writer = stream.writable.getWriter();
  for (const frame of frames) await writer.write(frame);
  await writer.close();
  await reading;
  return { out, each_ms: (performance.now() - began) / frames.length };
}

export async function measure(kind: 'video' | 'audio', count: number): Promise<Cost> {
  const [size, type, source] =
    kind === 'video' ? [2500, 'delta', sources.camera] : [120, undefined, sources.microphone];
  const [ada, ben] = [openSide('ada'), openSide('ben')];
  const leaves = seat(['ada', 'ben']);
  for (const { keeper } of [ada, ben]) {
    keeper.enter(1n, leaves);
    keeper.send(1n);
    await keeper.heard();
  }
  const bind = ({ room }: Side, direction: Direction): void => {
    const to =
      direction === 'send'
        ? ({ direction, source } as const)
        : ({ direction, identity: 'ada', source } as const);
    room.hear({ t: 'bind', id: 1, to });
  };
  bind(ada, 'send');
  ada.room.hear({ t: 'switch', source, on: true });
  bind(ben, 'receive');
  const frames = (): EncodedFrame[] =>
    Array.from({ length: count }, () =>
      frameOf(crypto.getRandomValues(new Uint8Array(size)).buffer, type),
    );
  const bare = await run(new TransformStream<EncodedFrame, EncodedFrame>(), frames());
  const sealed = await run(ada.room.line(1, 'send'), frames());
  const length = sealed.out[0]?.data.byteLength ?? 0;
  const opened = await run(ben.room.line(1, 'receive'), sealed.out);
  if (opened.out.length !== count) throw new Error(`${opened.out.length} of ${count} came through`);
  return { bare: bare.each_ms, seal: sealed.each_ms, open: opened.each_ms, added: length - size };
}
