/**
 * A media server that lies, inside a page of any browser: it stands between the media client and its
 * signalling, before the page's own scripts. The truth is told until a test says otherwise.
 */
import { MuteTrackRequest, SignalResponse } from '@livekit/protocol';
import { participantsOf } from './participants.ts';

const renamed = new Map<string, string>();
const own_sids = new Set<string>();
let close: () => void = () => undefined;
let own_identity = '';
let tell: (message: SignalResponse) => void = () => undefined;

type Listener = ((event: MessageEvent<ArrayBuffer>) => void) | null;

function change(data: ArrayBuffer): SignalResponse {
  const message = SignalResponse.fromBinary(new Uint8Array(data));
  const { message: told } = message;
  if (told.case === 'join') own_identity = told.value.participant?.identity ?? '';
  if (told.case === 'trackPublished') own_sids.add(told.value.track?.sid ?? '');
  for (const person of participantsOf(message)) {
    person.identity = renamed.get(person.identity) ?? person.identity;
  }
  return message;
}

class LyingSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    if (!new URL(url).pathname.startsWith('/lk/')) return;
    let listener: Listener = null;
    close = () => this.close(3000, 'cut');
    tell = (message) => {
      const { buffer } = Uint8Array.from(message.toBinary());
      listener?.(new MessageEvent('message', { data: buffer }));
    };
    const say = tell;
    Object.defineProperty(this, 'onmessage', {
      get: () => listener,
      set: (given: Listener) => {
        listener = given;
      },
    });
    this.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => say(change(data)));
  }
}

globalThis.WebSocket = LyingSocket;

/** From the next connection on, who has the first name is told of under the second. */
export function rename(pairs: readonly (readonly [string, string])[]): void {
  for (const [one, other] of pairs) renamed.set(one, other);
}

/** The page's own name at the media server. */
export function ownIdentity(): string {
  return own_identity;
}

/** Says that the person has switched on again what they switched off. Returns of how many tracks. */
export function switchOn(): number {
  for (const sid of own_sids) {
    const value = new MuteTrackRequest({ sid, muted: false });
    tell(new SignalResponse({ message: { case: 'mute', value } }));
  }
  return own_sids.size;
}

/** The line breaks, and the browser has noticed: the next connection is made from nothing. */
export function cut(): void {
  close();
  for (const name of ['offline', 'online']) window.dispatchEvent(new Event(name));
}
