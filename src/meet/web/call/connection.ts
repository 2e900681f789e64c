/**
 * Keeps one seat of one meeting connected for as long as the call lives.
 *
 * The media client resumes a lost signalling connection by itself while pictures keep flowing.
 * Its own full reconnect waits two seconds on purpose and keeps an old token, so whenever it
 * would begin one, this loop takes over: a new ticket, a new room, the same tracks and the same
 * identity. It goes on for ever, because nobody should have to press anything after a night.
 */
import { DisconnectReason, Room, RoomEvent } from './media.ts';
import type { ReconnectPolicy, RoomOptions } from './media.ts';
import { Signal, pause } from './signal.ts';
import type { Phase } from './model.ts';
import type { LeaveReason, Ticket } from '../entry.ts';

export interface Seat {
  /** Of the own leaf, at the media engine. */
  readonly identity: () => string;
  /** The ticket asked for when Join was pressed; used once. */
  readonly first: Promise<Ticket> | null;
  /** A new ticket. Rejects where there is none now. */
  readonly ask: () => Promise<Ticket>;
  /** Whether the meeting is over, asked when the media server has closed the room. */
  readonly isOver: () => Promise<boolean>;
  /** What a refused ticket means: an end of the call, or null to try again. */
  readonly judge: (cause: unknown) => LeaveReason | null;
  /** Milliseconds the server asked to wait, of a refusal. */
  readonly waitOf: (cause: unknown) => number;
}

/** Called for every new room before it connects: whoever wants its events listens here. */
export type Dress = (room: Room) => void;

/** `closed`: the media server has closed the room; why, only our own server knows. */
type Outcome = 'lost' | 'closed' | LeaveReason;

/** Milliseconds before each attempt after a lost connection; the last one repeats. */
const backoff_ms = [0, 200, 400, 800, 1500, 2500];
/** A resume is tried this often; a server that restarts is back within a few of them. */
const resume_ms = [30, 250, 400, 600, 800];
/** A connection that held this long was sound: the next attempt starts without waiting. */
const sound_ms = 5000;
/**
 * Among so few, all that is there is asked for with the connection itself: asked for afterwards it
 * costs another negotiation, which the first key frame often overtakes. What is not to be received
 * is given back (subscriptions.ts).
 */
const few_max = 12;
const tick_ms = 5000;
/** A tick that comes this much late means that the machine slept. */
const slept_ms = 20_000;

const policy: ReconnectPolicy = {
  nextRetryDelayInMs: ({ retryCount, elapsedMs }) =>
    elapsedMs > 30_000 ? null : spread(resume_ms[retryCount] ?? 1000),
};

const options: RoomOptions = {
  adaptiveStream: true,
  dynacast: true,
  // Tracks are ours: the client neither stops nor restarts them (encryption design, section 6).
  stopLocalTrackOnUnpublish: false,
  // It would also leave on `beforeunload`, which a click on a mail address fires.
  disconnectOnPageLeave: false,
  publishDefaults: { videoCodec: 'vp8', simulcast: true, backupCodec: false, red: false },
  reconnectPolicy: policy,
};

/** People who lost one server should not all come back in the same instant. */
function spread(ms: number): number {
  return ms * (0.8 + Math.random() * 0.4);
}

/**
 * Reasons after which the same seat must not simply come back. Being put out by the media server
 * is none: whether one is removed, only the group says.
 */
function judgeDisconnect(reason: DisconnectReason | undefined): Outcome {
  // The same seat was taken in another window; two of us would push each other out for ever.
  if (reason === DisconnectReason.DUPLICATE_IDENTITY) return 'left';
  if (reason === DisconnectReason.ROOM_DELETED) return 'closed';
  return 'lost';
}

/** Needed after sleep only, and so loaded then; where it cannot be, the line is down anyway. */
async function isAlive(room: Room): Promise<boolean> {
  try {
    return await (await import('./pulse.ts')).hearsServer(room);
  } catch {
    return false;
  }
}

export class Connection {
  readonly phase = new Signal<Phase>('connecting');
  /** The room, from the moment its signalling stands; null in between. */
  readonly room = new Signal<Room | null>(null);
  readonly #seat: Seat;
  readonly #dress: Dress;
  readonly #life: AbortSignal;
  #end: (outcome: Outcome) => void = () => undefined;
  #nudge = new AbortController();
  #was_connected = false;
  #went_offline = false;

  constructor(seat: Seat, dress: Dress, life: AbortSignal) {
    this.#seat = seat;
    this.#dress = dress;
    this.#life = life;
  }

  /** Runs until the call is over, and resolves with the reason; `left` where its life ended. */
  async run(): Promise<LeaveReason> {
    this.#watchBrowser();
    let ticket = this.#seat.first;
    for (let attempt = 0; !this.#life.aborted; attempt += 1) {
      const began_ms = performance.now();
      const outcome = await this.#attend(ticket);
      if (outcome !== null) return this.#finish(outcome);
      ticket = null;
      if (performance.now() - began_ms > sound_ms) attempt = -1;
      this.phase.set(this.#was_connected ? 'reconnecting' : 'connecting');
      await this.#wait(spread(backoff_ms[Math.min(attempt + 1, backoff_ms.length - 1)] ?? 0));
    }
    return this.#finish('left');
  }

  #finish(reason: LeaveReason): LeaveReason {
    this.phase.set('over');
    return reason;
  }

  /** One attempt, from its ticket to the end of its room; null where another should follow. */
  async #attend(first: Promise<Ticket> | null): Promise<LeaveReason | null> {
    try {
      const outcome = await this.#hold(await (first ?? this.#seat.ask()));
      if (outcome === 'closed') return (await this.#seat.isOver()) ? 'ended' : null;
      return outcome === 'lost' ? null : outcome;
    } catch (cause) {
      const verdict = this.#seat.judge(cause);
      if (verdict === null) await this.#wait(this.#seat.waitOf(cause));
      return verdict;
    }
  }

  /** Ends the call. */
  end(outcome: LeaveReason): void {
    this.#end(outcome);
  }

  /** Waits, but no longer than until the browser says that something changed. */
  async #wait(ms: number): Promise<void> {
    this.#nudge = new AbortController();
    await pause(ms, AbortSignal.any([this.#life, this.#nudge.signal]));
  }

  /** One room, from connecting until it is lost or over. */
  async #hold(ticket: Ticket): Promise<Outcome> {
    if (this.#life.aborted) return 'left';
    const room = new Room(options);
    const ended = new Promise<Outcome>((resolve) => (this.#end = resolve));
    const leave = (): void => this.#end('left');
    this.#life.addEventListener('abort', leave);
    this.#went_offline = false;
    room
      .on(RoomEvent.SignalConnected, () => this.#begin(room))
      .on(RoomEvent.Connected, () => this.#enter(room))
      .on(RoomEvent.Reconnected, () => this.#enter(room))
      // A server could move us to a room of others: nothing there is ours.
      .on(RoomEvent.Moved, () => this.#end('lost'))
      .on(RoomEvent.SignalReconnecting, () => this.phase.set('reconnecting'))
      .on(RoomEvent.Reconnecting, () => this.#end('lost'))
      .on(RoomEvent.Disconnected, (reason) => this.#end(judgeDisconnect(reason)));
    this.#dress(room);
    const autoSubscribe = ticket.people <= few_max;
    const connect = { autoSubscribe, websocketTimeout: 5000, peerConnectionTimeout: 8000 };
    room
      .connect(location.origin + ticket.media_path, ticket.token, { ...connect, maxRetries: 0 })
      .catch(() => this.#end('lost'));
    const outcome = await ended;
    this.#life.removeEventListener('abort', leave);
    room.removeAllListeners();
    this.room.set(null);
    // Not awaited: a dead line would hold up the next attempt.
    room.disconnect(false).catch(() => undefined);
    return outcome;
  }

  #begin(room: Room): void {
    if (this.#isOurs(room)) this.room.set(room);
  }

  /** Under another name than that of our leaf, what we send would be taken for another's. */
  #isOurs({ localParticipant }: Room): boolean {
    const ours = localParticipant.identity === this.#seat.identity();
    if (!ours) this.#end('lost');
    return ours;
  }

  #enter(room: Room): void {
    if (!this.#isOurs(room)) return;
    this.#was_connected = true;
    this.phase.set('connected');
  }

  /** Gives up what cannot work any more, and cuts short the wait before the next attempt. */
  #hurry(): void {
    if (this.phase.get() !== 'connected' || this.#went_offline) this.#end('lost');
    this.#nudge.abort();
  }

  #watchBrowser(): void {
    const listen = { signal: this.#life };
    window.addEventListener('offline', () => (this.#went_offline = true), listen);
    window.addEventListener('online', () => this.#hurry(), listen);
    // Others should see at once that this window went; a page that comes back connects again.
    window.addEventListener('pagehide', () => this.#end('lost'), listen);
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && this.#nudge.abort(),
      listen,
    );
    let ticked_ms = Date.now();
    const timer = setInterval(() => {
      const late_ms = Date.now() - ticked_ms - tick_ms;
      ticked_ms = Date.now();
      if (late_ms > slept_ms) void this.#wake();
    }, tick_ms);
    this.#life.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  /** After sleep: a connection that still hears the server is kept, any other replaced. */
  async #wake(): Promise<void> {
    const room = this.room.get();
    if (room !== null && this.phase.get() === 'connected' && (await isAlive(room))) return;
    if (room === this.room.get()) this.#end('lost');
    this.#nudge.abort();
  }
}
