/** For tests: two members' lines, without a browser. The frames are ours, everything else is real. */
import { sources } from '../../../protocol/encryption/frame.ts';
import type { EncodedFrame } from './line.ts';
import type { Direction, LineCount, ToPage } from './messages.ts';
import { SealingRoom } from './sealing-room.ts';
import { randomBytes, seat, TestKeeper } from './test-keeper.ts';

export type Frame = EncodedFrame & { readonly mark: number };

export function frameOf(
  bytes: Uint8Array<ArrayBuffer>,
  more: { type?: string; mimeType?: string; source?: number } = {},
): Frame {
  const { type, mimeType, source } = more;
  return {
    data: bytes.slice().buffer,
    mark: 0,
    ...(type !== undefined && { type }),
    getMetadata: () => ({
      ...(mimeType !== undefined && { mimeType }),
      ...(source !== undefined && { synchronizationSource: source }),
    }),
  };
}

const opened: TestKeeper[] = [];
/** Ends what lines wait for. */
export function closeKeepers(): void {
  for (const keeper of opened) keeper.close();
}

/** One member's worker, without the worker. */
export class Side {
  readonly told: ToPage[] = [];
  readonly keeper: TestKeeper;
  readonly room: SealingRoom;
  now_ms = 0;
  #heard: (() => void)[] = [];

  constructor(identity: string) {
    this.keeper = new TestKeeper(identity);
    opened.push(this.keeper);
    this.room = new SealingRoom({
      now_ms: () => this.now_ms,
      tell: (message) => {
        this.told.push(message);
        for (const hear of this.#heard.splice(0)) hear();
      },
    });
    this.room.hear({ t: 'keys', port: this.keeper.port });
  }

  settled(): Promise<void> {
    return this.keeper.heard();
  }

  async seal(payload: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#call((call) => this.room.hear({ t: 'seal', call, payload }));
  }

  async open(
    identity: string,
    payload: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#call((call) => this.room.hear({ t: 'open', call, identity, payload }));
  }

  #next = 1;
  async #call(ask: (call: number) => void): Promise<Uint8Array<ArrayBuffer> | null> {
    const call = this.#next++;
    ask(call);
    for (;;) {
      const found = this.told.find((each) => each.t === 'payload' && each.call === call);
      if (found?.t === 'payload') return found.payload;
      await new Promise<void>((resolve) => this.#heard.push(resolve));
    }
  }

  line(id: number, direction: Direction, onAsk?: () => void): (frame: Frame) => Promise<Frame[]> {
    const { readable, writable } = this.room.line(id, direction, onAsk);
    const writer = writable.getWriter();
    const out: Frame[] = [];
    const reading = (async () => {
      for await (const frame of readable) out.push(frame as Frame);
    })();
    void reading;
    return async (frame) => {
      await writer.write(frame);
      return out.splice(0);
    };
  }

  count(id: number): LineCount | undefined {
    return this.room.counts.find((line) => line.id === id);
  }
}

/** Two members in epoch 1, with a camera on and bound on both sides. */
export async function twoSides() {
  const [a, b] = [new Side('anna'), new Side('bert')];
  const leaves = seat(['anna', 'bert']);
  for (const side of [a, b]) {
    side.keeper.enter(1n, leaves);
    side.keeper.send(1n);
  }
  const send = a.line(1, 'send');
  let asked = 0;
  const receive = b.line(7, 'receive', () => (asked += 1));
  a.room.hear({ t: 'bind', id: 1, to: { direction: 'send', source: sources.camera } });
  a.room.hear({ t: 'switch', source: sources.camera, on: true });
  const to = { direction: 'receive', identity: 'anna', source: sources.camera } as const;
  b.room.hear({ t: 'bind', id: 7, to });
  await Promise.all([a.settled(), b.settled()]);
  return { a, b, leaves, send, receive, asked: () => asked };
}

/** A member in epoch 1 who shares a screen, and how often its encoder was asked for a key frame. */
export async function oneSender() {
  const { a } = await twoSides();
  let asked = 0;
  const send = a.line(2, 'send', () => (asked += 1));
  a.room.hear({ t: 'bind', id: 2, to: { direction: 'send', source: sources.screen } });
  a.room.hear({ t: 'switch', source: sources.screen, on: true });
  return { a, send, asked: () => asked };
}

/** Ends like no sealed frame: one in 32 random ones looks like a frame under a key that is not here. */
export function picture(type = 'delta', source = 1): Frame {
  const bytes = randomBytes(500);
  bytes[499] = 255;
  return frameOf(bytes, { type, source });
}
