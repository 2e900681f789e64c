/** The page's side of the group: a worker of its own for each stay in a meeting. */
import { Refused, unreachable } from '../../../app/client.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { ExtraCodec } from '../../../protocol/encryption/profile.ts';
import type { Link } from '../../../protocol/link/link.ts';
import { guest_rights } from '../../../protocol/encryption/rights.ts';
import { final } from '../group/view.ts';
import type { MemberView, Phase, PutOut } from '../group/view.ts';
import type { HostAct } from '../group/hosting.ts';
import type { Ticket as Given } from '../group/entering.ts';
import type { Direct, Saying } from '../group/saying.ts';
import type { Failure, FromPage, GroupPrepare, ToPage } from '../group/messages.ts';
import type { Guard } from '../guard/guard.ts';
import { no_leaves } from './group.ts';
import type { Group, GroupPhase, GroupView, Leaf, Said } from './group.ts';
import { Signal } from './signal.ts';
import type { Ticket } from '../entry.ts';

/** As whom, and into what, one enters. */
export interface GroupEntry {
  readonly link: Link;
  readonly seat: string;
  readonly root_seed: Bytes | null;
}

/** Why one is out, in the codes of this room: what the server refused has its own. */
function endOf(phase: Phase, code: string | null): string {
  if (phase === 'removed') return 'meet.removed';
  if (phase === 'denied') return 'meet.denied';
  if (code === 'keys.full') return 'meet.full';
  if (code === 'keys.relinked') return 'meet.relinked';
  if (phase === 'over') return code === null ? 'meet.left' : 'meet.ended';
  return code ?? 'meet.refused';
}

/** Told as if the server had said so. */
function refusalOf({ over, code }: Failure): Refused {
  if (over === null && code === 'app.unreachable') return unreachable();
  const named = over === null ? (code ?? 'app.internal') : endOf(over, code);
  return new Refused({ fault: 'caller', code: named, message: '' });
}

function viewOf(view: MemberView): GroupView {
  const { phase, fault, id, epoch, code, gate, mode, guests, stage, codecs } = view;
  const { pulse, waiting, people } = view;
  const leaves = people.map(({ id: identity, name, role, beaten }): [string, Leaf] => [
    identity,
    { identity, name, role, confirmed: beaten },
  ]);
  return {
    phase: final.has(phase) ? 'over' : (phase as GroupPhase),
    end: final.has(phase) ? endOf(phase, fault) : null,
    own: id,
    epoch: epoch === null ? null : String(epoch),
    code,
    gate,
    mode,
    guests,
    stage,
    codecs,
    pulse,
    waiting,
    leaves: new Map(leaves),
  };
}

interface Call {
  readonly resolve: (ticket: Given | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

/** A worker that has all but the name. */
interface Spare {
  readonly worker: Worker;
  /** For whom it was prepared. */
  readonly of: string;
  /** Where all may come in: good as soon as one asks to. */
  ticket: Given | null;
}

let spare: Spare | null = null;

function describe({ link, seat }: GroupEntry): string {
  return [link.room, link.version, seat].join();
}

/** Beside what all browsers decode. Older ones do not say. */
function ownCodecs(): ExtraCodec[] {
  const { codecs } = RTCRtpReceiver.getCapabilities?.('video') ?? { codecs: [] };
  return codecs.some(({ mimeType }) => /^video\/vp9$/i.test(mimeType)) ? ['vp9'] : [];
}

function prepareWorker(entry: GroupEntry): Spare {
  const worker = new Worker(new URL('../group/worker.ts', import.meta.url), { type: 'module' });
  const codecs = ownCodecs();
  const message: GroupPrepare = { t: 'prepare', origin: location.origin, codecs, ...entry };
  worker.postMessage(message, []);
  const prepared: Spare = { worker, of: describe(entry), ticket: null };
  worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
    if (data.t === 'ticket') prepared.ticket = data.ticket;
  });
  return prepared;
}

/**
 * Does while the person looks at their picture whatever needs no name: loads the worker's script,
 * connects, and proves the key of the seat.
 */
export function prepareGroup(entry: GroupEntry): void {
  spare ??= prepareWorker(entry);
}

function takeSpare(entry: GroupEntry): Spare {
  const ready = spare;
  spare = null;
  if (ready?.of === describe(entry)) return ready;
  ready?.worker.terminate();
  return prepareWorker(entry);
}

/** Until `life` ends. */
function listen<Listener>(all: Set<Listener>, life: AbortSignal, listener: Listener): void {
  all.add(listener);
  life.addEventListener('abort', () => all.delete(listener));
}

export class GroupClient implements Group {
  readonly view = new Signal<GroupView>({
    phase: 'connecting',
    end: null,
    own: '',
    epoch: null,
    code: null,
    gate: null,
    mode: 'meeting',
    guests: guest_rights,
    stage: [],
    codecs: [],
    pulse: 'well',
    waiting: [],
    leaves: no_leaves,
  });
  readonly link = new Signal<Link | null>(null);
  readonly #worker: Worker;
  /** Told before it was asked for; used once. */
  #ahead: Given | null;
  /** The call that waits for a ticket. */
  #ticket_call: number | null = null;
  readonly #calls = new Map<number, Call>();
  readonly #listeners = new Set<(identity: string, said: Said) => void>();
  readonly #beat_listeners = new Set<(beat: Bytes) => void>();
  readonly #unlawful_listeners = new Set<(identity: string) => void>();
  readonly #greeting_listeners = new Set<(identity: string) => void>();
  readonly #put_out_listeners = new Set<(put_out: PutOut) => void>();
  #next_call = 1;

  /** Asks to be let in at once. */
  constructor(entry: GroupEntry, name: string, guard: Guard) {
    const { worker, ticket } = takeSpare(entry);
    this.#worker = worker;
    this.#ahead = ticket;
    worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => this.#hear(data));
    const { port1, port2 } = new MessageChannel();
    guard.followKeeper(port1);
    this.#tell({ t: 'start', name, sealer: port2 }, [port2]);
  }

  async ticket(): Promise<Ticket> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead) return ahead;
    const ticket = await this.#call((call) => {
      this.#ticket_call = call;
      return { t: 'token', call };
    });
    if (ticket === undefined) throw unreachable();
    return ticket;
  }

  async say(saying: Saying | Direct): Promise<void> {
    await this.#call((call) => ({ t: 'say', call, saying }));
  }

  hear(life: AbortSignal, listener: (identity: string, said: Said) => void): void {
    listen(this.#listeners, life, listener);
  }

  onBeat(life: AbortSignal, listener: (beat: Bytes) => void): void {
    listen(this.#beat_listeners, life, listener);
  }

  async host(act: HostAct): Promise<void> {
    await this.#call((call) => ({ t: 'host', call, act }));
  }

  answer(knock: string, admit: boolean): void {
    this.#tell({ t: 'answer', knock, admit });
  }

  note(text: string): void {
    this.#tell({ t: 'note', text });
  }

  onUnlawful(life: AbortSignal, listener: (identity: string) => void): void {
    listen(this.#unlawful_listeners, life, listener);
  }

  onGreeting(life: AbortSignal, listener: (identity: string) => void): void {
    listen(this.#greeting_listeners, life, listener);
  }

  onPutOut(life: AbortSignal, listener: (put_out: PutOut) => void): void {
    listen(this.#put_out_listeners, life, listener);
  }

  hearBeat(identity: string, beat: Bytes): void {
    this.#tell({ t: 'heard', id: identity, beat });
  }

  beatNow(): void {
    this.#tell({ t: 'beat-now' });
  }

  async leave(): Promise<void> {
    await this.#call((call) => ({ t: 'leave', call })).catch(() => undefined);
    this.#worker.terminate();
    for (const { reject } of this.#calls.values()) reject(unreachable());
    this.#calls.clear();
  }

  #hear(message: ToPage): void {
    switch (message.t) {
      case 'view':
        this.view.set(viewOf(message.view));
        return;
      case 'said':
        for (const listener of this.#listeners) listener(message.id, message.saying);
        return;
      case 'unlawful':
        for (const listener of this.#unlawful_listeners) listener(message.id);
        return;
      case 'greeting':
        for (const listener of this.#greeting_listeners) listener(message.id);
        return;
      case 'beat':
        for (const listener of this.#beat_listeners) listener(message.beat);
        return;
      case 'ticket':
        return this.#takeAhead(message.ticket);
      case 'link':
        this.link.set(message.link);
        return;
      case 'put-out':
        for (const listener of this.#put_out_listeners) listener(message.put_out);
        return;
      case 'done':
        this.#take(message.call)?.resolve(message.ticket);
        return;
      case 'failed':
        this.#take(message.call)?.reject(refusalOf(message.failure));
        return;
    }
  }

  #takeAhead(ticket: Given): void {
    const waiting = this.#ticket_call === null ? undefined : this.#take(this.#ticket_call);
    if (waiting) waiting.resolve(ticket);
    else this.#ahead = ticket;
  }

  #take(call: number): Call | undefined {
    const found = this.#calls.get(call);
    this.#calls.delete(call);
    return found;
  }

  #call(message: (call: number) => FromPage): Promise<Given | undefined> {
    const call = this.#next_call++;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      this.#tell(message(call));
    });
  }

  #tell(message: FromPage, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
