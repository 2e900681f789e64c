/**
 * Tries the line of this browser, step by step: the very parts a call is made of, with a drawn
 * picture instead of a camera's.
 */
import { Refused } from '../../../app/client.ts';
import { sources } from '../../../protocol/encryption/frame.ts';
import { api } from '../api.ts';
import { Room, RoomEvent, Track, setLogLevel } from '../call/media.ts';
import { openSealing } from '../call/sealing.ts';
import type { Sealing } from '../call/sealing.ts';
import { pause } from '../call/signal.ts';
import { drawMoving } from './drawing.ts';
import type { Drawing } from './drawing.ts';
import { readFlow, readRound } from './figures.ts';
import { keepTrialKeys } from './keys.ts';
import { narrowConnections, ways } from './narrow.ts';
import type { Narrow, Way } from './narrow.ts';
import { judgeLine, nothing_yet } from './steps.ts';
import type { Findings, LineFigures, State, Step } from './steps.ts';

type Trial = Awaited<ReturnType<typeof api.meet.trial>>;
type Tell = (change: Partial<Findings>) => void;

/** A way that takes longer does not work: a call would not wait longer either. */
const way_ms_max = 6000;
const picture_ms_max = 10_000;
/** So long the picture goes over the line. */
const measured_ms = 4000;
const picture = { width: 640, height: 360, frames_s: 20, bit_s: 900_000 };

let ground: { readonly narrow: Narrow; readonly sealing: Sealing } | null = null;

/** What stands before the browser's connections, once for the life of the page. */
function layGround(): { readonly narrow: Narrow; readonly sealing: Sealing } {
  setLogLevel('silent');
  ground ??= { narrow: narrowConnections(), sealing: openSealing() };
  return ground;
}

export class Tries {
  findings: Findings = nothing_yet;
  readonly #tell: (findings: Findings) => void;
  readonly #life: AbortSignal;

  /** @param tell is called with every change of the findings, until `life` ends */
  constructor(tell: (findings: Findings) => void, life: AbortSignal) {
    this.#tell = tell;
    this.#life = life;
  }

  /** Runs every step; never rejects. What cannot be tried any more is skipped. */
  async run(): Promise<void> {
    try {
      await this.#run();
    } finally {
      const { states } = this.findings;
      const ended = Object.entries(states).map(([step, state]) => [
        step,
        state === 'running' ? 'bad' : state === 'waiting' ? 'skipped' : state,
      ]);
      this.#change({ states: Object.fromEntries(ended) as Findings['states'] });
    }
  }

  async #run(): Promise<void> {
    this.#set('browser', 'running');
    let narrow: Narrow;
    let sealing: Sealing;
    try {
      ({ narrow, sealing } = layGround());
    } catch {
      return;
    }
    this.#set('browser', 'good');
    const trial = await this.#askServer();
    if (trial === null) return;
    const open = await this.#tryWays(trial, narrow);
    if (open === null) return;
    narrow.way = open;
    await this.#tryLine(trial, narrow, sealing);
  }

  #change: Tell = (change) => {
    if (this.#life.aborted) return;
    this.findings = { ...this.findings, ...change };
    this.#tell(this.findings);
  };

  #set(step: Step, state: State): void {
    this.#change({ states: { ...this.findings.states, [step]: state } });
  }

  async #askServer(): Promise<Trial | null> {
    this.#set('server', 'running');
    try {
      const trial = await api.meet.trial({}, { signal: this.#life });
      const asked_ms = performance.now();
      await fetch('/healthz', { method: 'HEAD', cache: 'no-store', signal: this.#life });
      this.#change({ server_ms: performance.now() - asked_ms });
      this.#set('server', 'good');
      return trial;
    } catch (cause) {
      const busy = cause instanceof Refused && cause.fault === 'limit';
      this.#set('server', busy ? 'fair' : 'bad');
      return null;
    }
  }

  /** The best way that is open, of those in order; null where none is. */
  async #tryWays(trial: Trial, narrow: Narrow): Promise<Way | null> {
    this.#set('socket', 'running');
    let best: Way | null = null;
    for (const way of ways) {
      if (this.#life.aborted || this.findings.states.socket === 'bad') return null;
      this.#set(way, 'running');
      const trip = await this.#connect(trial, narrow, way);
      this.#set(way, trip === null ? 'bad' : 'good');
      if (trip !== null) {
        this.#change({ ways_ms: { ...this.findings.ways_ms, [way]: trip } });
        best ??= way;
      }
      this.#change({ offers: [...narrow.offers.values()] });
    }
    return best;
  }

  /** The round trip that way, milliseconds; null where it is closed. */
  async #connect({ seats, media_path }: Trial, narrow: Narrow, way: Way): Promise<number | null> {
    const [seat] = seats;
    narrow.way = way;
    narrow.connections = [];
    const room = new Room();
    let stands = false;
    room.on(RoomEvent.SignalConnected, () => {
      stands = true;
      this.#set('socket', 'good');
    });
    try {
      await this.#within(
        way_ms_max,
        room.connect(location.origin + media_path, seat?.token ?? '', {
          maxRetries: 0,
          peerConnectionTimeout: way_ms_max,
        }),
      );
      return (await readRound(narrow.connections)) ?? 0;
    } catch {
      if (!stands) this.#set('socket', 'bad');
      return null;
    } finally {
      await room.disconnect().catch(() => undefined);
    }
  }

  /** A drawn picture from one seat to the other, sealed and opened as in a meeting. */
  async #tryLine(trial: Trial, narrow: Narrow, sealing: Sealing): Promise<void> {
    this.#set('line', 'running');
    this.#set('keys', 'running');
    narrow.connections = [];
    const identities = trial.seats.map(({ identity }) => identity);
    sealing.guard.followKeeper(keepTrialKeys(identities));
    sealing.guard.setOn(sources.camera, true);
    const rooms = [new Room(), new Room()];
    const drawing = drawMoving(picture);
    try {
      const shown = this.#shown(rooms[1], identities[0] ?? '', sealing);
      await this.#within(
        picture_ms_max,
        Promise.all(
          rooms.map((room, at) =>
            room.connect(location.origin + trial.media_path, trial.seats[at]?.token ?? ''),
          ),
        ),
      );
      sealing.guard.expect(drawing.track, sources.camera);
      await rooms[0]?.localParticipant.publishTrack(drawing.track, {
        source: Track.Source.Camera,
        simulcast: false,
        videoCodec: 'vp8',
        videoEncoding: { maxBitrate: picture.bit_s, maxFramerate: picture.frames_s },
      });
      const screen = await this.#within(picture_ms_max, shown);
      await this.#within(picture_ms_max, screen.drawn);
      const line = await this.#measure(narrow, drawing);
      const counts = sealing.counts.get();
      const passed = (direction: string): number =>
        counts.filter((line_) => line_.direction === direction).reduce((n, c) => n + c.passed, 0);
      this.#change({ line, sealed: passed('send'), opened: passed('receive') });
      this.#set('line', judgeLine(line));
      this.#set('keys', this.findings.opened > 0 ? 'good' : 'bad');
    } catch {
      // What runs still has failed; the end of the trial says so.
    } finally {
      drawing.stop();
      sealing.guard.setOn(sources.camera, false);
      await Promise.all(rooms.map((room) => room.disconnect().catch(() => undefined)));
    }
  }

  /** Resolves once the second seat has the picture, and then once it is drawn. */
  #shown(
    room: Room | undefined,
    identity: string,
    { guard }: Sealing,
  ): Promise<{ readonly drawn: Promise<void> }> {
    return new Promise((resolve) => {
      room?.on(RoomEvent.TrackSubscribed, (track) => {
        if (track.receiver)
          guard.bind(track.receiver, { direction: 'receive', identity, source: sources.camera });
        const screen = document.createElement('video');
        screen.muted = true;
        screen.playsInline = true;
        screen.srcObject = new MediaStream([track.mediaStreamTrack]);
        const drawn = new Promise<void>((heard) => {
          screen.addEventListener('loadeddata', () => heard(), { once: true });
        });
        void screen.play().catch(() => undefined);
        resolve({ drawn });
      });
    });
  }

  async #measure({ connections }: Narrow, { paints }: Drawing): Promise<LineFigures> {
    const before = await readFlow(connections);
    const painted = paints();
    const began_ms = performance.now();
    await pause(measured_ms, this.#life);
    const after = await readFlow(connections);
    const round_ms = await readRound(connections);
    const seconds = (performance.now() - began_ms) / 1000;
    const packets = after.packets_in - before.packets_in;
    const lost = Math.max(0, after.lost_in - before.lost_in);
    return {
      kbit_s: ((after.bytes_in - before.bytes_in) * 8) / 1000 / seconds,
      lost_up: after.lost_up,
      lost_down: packets + lost === 0 ? 0 : lost / (packets + lost),
      jitter_ms: after.jitter_ms,
      round_ms,
      paints_s: (paints() - painted) / seconds,
    };
  }

  /** @throws Error after `ms`, or once the page does not want to know any more */
  async #within<T>(ms: number, work: Promise<T>): Promise<T> {
    const late = pause(ms, this.#life).then(() => {
      throw new Error('too late');
    });
    return Promise.race([work, late]);
  }
}
