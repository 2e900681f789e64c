/** The worker that holds the group's state and keys. The page gets neither. */
import { Refused } from '../../../app/client.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import type { ToKeeper } from '../guard/messages.ts';
import { Keeper } from './keeper.ts';
import { forgetKey, keepMemory, readKey } from './key-store.ts';
import { startMember, type Member, type MemberEvent } from './member.ts';
import { isOrder } from './ordering.ts';
import type { Ticket } from './entering.ts';
import type { Failure, FromPage, GroupPrepare, GroupStart, ToPage } from './messages.ts';
import { final, Over } from './view.ts';

interface WorkerScope {
  addEventListener(type: 'message', hear: (event: MessageEvent<FromPage>) => void): void;
  postMessage(message: ToPage, transfer: Transferable[]): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;
const tell = (message: ToPage): void => scope.postMessage(message, []);
let prepared: Promise<Member> | null = null;
let giveName: (name: string) => void = () => undefined;
const promised_name = new Promise<string>((resolve) => (giveName = resolve));
let port: MessagePort | null = null;
const keeper = new Keeper(
  (message) => port?.postMessage(message, []),
  () => void prepared?.then((member) => member.renew()),
);

async function prepare({ seat, link, ...given }: GroupPrepare): Promise<Member> {
  const { key, memory } = await readKey(seat);
  const { room, ...secret } = link;
  const onEvent = (event: MemberEvent): void => {
    keeper.hear(event);
    if (event.kind === 'memory') void keepMemory(seat, key, event);
    // A removed key is banned. It stays, so that this tab is not let in again as somebody new.
    const ended = event.kind === 'view' && final.has(event.view.phase);
    if (ended && event.view.phase !== 'removed') void forgetKey(seat);
    tellPage(event);
  };
  const promise = { ...secret, hosted: link.hosted === true };
  const member = { ...given, room, link: promise, name: promised_name, key, memory };
  return startMember(member, onEvent);
}

/** There are no keys before a name: nothing of the keeper's is lost. */
function start({ name, sealer }: GroupStart): void {
  port = sealer;
  sealer.addEventListener('message', ({ data }: MessageEvent<ToKeeper>) => keeper.answer(data));
  sealer.start();
  giveName(name);
}

function tellPage(event: MemberEvent): void {
  if (event.kind === 'view') tell({ t: 'view', view: event.view });
  if (event.kind === 'beat') tell({ t: 'beat', beat: event.bytes });
  if (event.kind === 'ticket') tell({ t: 'ticket', ticket: event.ticket });
  if (event.kind === 'link') tell({ t: 'link', link: event.link });
  if (event.kind === 'put-out') {
    const { id, name, by } = event;
    tell({ t: 'put-out', put_out: { id, name, by } });
  }
  if (event.kind === 'greeting') tell({ t: 'greeting', id: event.id });
  if (event.kind !== 'app') return;
  const { own, id, saying, lawful } = event;
  if (!own || isOrder(saying) || saying.kind === 'breakouts') {
    // One's own orders too: all hosts see them in the order of the log.
    tell(lawful ? { t: 'said', id, saying } : { t: 'unlawful', id });
  }
}

function failureOf(cause: unknown): Failure {
  if (cause instanceof Over) return { over: cause.phase, code: cause.fault };
  const told = cause instanceof Refused || cause instanceof Refusal;
  return { over: null, code: told ? cause.code : 'app.internal' };
}

async function answer(call: number, work: Promise<Ticket | number | void>): Promise<void> {
  try {
    const ticket = await work;
    tell(typeof ticket === 'object' ? { t: 'done', call, ticket } : { t: 'done', call });
  } catch (cause) {
    tell({ t: 'failed', call, failure: failureOf(cause) });
  }
}

async function hear(message: FromPage): Promise<void> {
  if (message.t === 'prepare') {
    prepared = prepare(message);
    return;
  }
  if (message.t === 'start') return start(message);
  const member = await prepared;
  if (!member) return;
  switch (message.t) {
    case 'token':
      return answer(message.call, member.token());
    case 'say':
      return answer(message.call, member.send(message.saying));
    case 'host':
      return answer(message.call, member.host(message.act));
    case 'answer':
      return member.answer(message.knock, message.admit);
    case 'heard':
      return member.hearBeat(message.id, message.beat);
    case 'note':
      return member.note(message.text);
    case 'beat-now':
      return member.beatNow();
    case 'leave':
      await answer(message.call, member.leave());
      scope.close();
  }
}

scope.addEventListener('message', ({ data }) => void hear(data));
