/**
 * A page with the guard and the media client and nothing else: what the call will do, by hand, so
 * that tests can be hostile to it. Loaded as one script; the worker comes in it.
 */
import type * as LiveKit from 'livekit-client';
import { sources } from '#src/protocol/encryption/frame.ts';
import { Guard } from '#src/meet/web/guard/guard.ts';
import type { LineCount } from '#src/meet/web/guard/messages.ts';
import { TestKeeper } from '#src/meet/web/guard/test-keeper.ts';

/** One member's key of one epoch, as it survives the way from the test into a page. */
export interface GivenKeys {
  readonly identity: string;
  readonly leaf: number;
  readonly media: readonly number[];
}

declare global {
  interface Window {
    /** The worker's script, put there by the page's maker. */
    readonly worker_script: string;
  }
}

let keeper: TestKeeper;
let guard: Guard;
let room: LiveKit.Room;
let client: typeof LiveKit;
let worker: Worker;
let own = '';
let counts: readonly LineCount[] = [];
const breaches: string[] = [];
const payloads: number[][] = [];

/** Puts the guard in place, and loads the media client after it. */
export async function start(identity: string): Promise<void> {
  own = identity;
  worker = new Worker(URL.createObjectURL(new Blob([window.worker_script])));
  guard = new Guard(worker, {
    onCounts: (lines) => void (counts = lines),
    onBreach: (breach) => void breaches.push(breach),
  });
  followNewKeeper();
  client = await import('livekit-client');
  const { Room, RoomEvent, Track, setLogLevel } = client;
  setLogLevel('error');
  room = new Room({
    stopLocalTrackOnUnpublish: false,
    publishDefaults: { videoCodec: 'vp8', backupCodec: false, red: false },
  });
  const numbers = {
    [Track.Source.Microphone]: sources.microphone,
    [Track.Source.Camera]: sources.camera,
    [Track.Source.ScreenShare]: sources.screen,
    [Track.Source.ScreenShareAudio]: sources.screen_audio,
    [Track.Source.Unknown]: undefined,
  };
  const show = (track: LiveKit.RemoteTrack, identity_shown: string): void => {
    const element = track.attach();
    // A connection made anew brings a new track, and says nothing of the old one.
    document.querySelector(`${element.localName}[data-of="${identity_shown}"]`)?.remove();
    element.dataset['of'] = identity_shown;
    document.body.append(element);
  };
  room.on(RoomEvent.TrackSubscribed, (track, { source }, participant) => {
    const number = numbers[source];
    const { receiver } = track;
    if (receiver && number !== undefined) {
      guard.bind(receiver, {
        direction: 'receive',
        identity: participant.identity,
        source: number,
      });
    }
    show(track, participant.identity);
  });
  room.on(RoomEvent.TrackUnsubscribed, (track) => {
    if (track.receiver) guard.bind(track.receiver, null);
    for (const element of track.detach()) element.remove();
  });
  room.on(RoomEvent.DataReceived, (payload, participant) => {
    void guard
      .open(participant?.identity ?? '', Uint8Array.from(payload))
      .then((opened) => opened && payloads.push([...opened]));
  });
}

function followNewKeeper(): void {
  keeper = new TestKeeper(own);
  guard.followKeeper(keeper.port);
}

export function enter(epoch: number, leaves: readonly GivenKeys[], removed = false): void {
  const keys = leaves.map((leaf) => ({ ...leaf, media: Uint8Array.from(leaf.media) }));
  keeper.enter(BigInt(epoch), keys, removed);
}

export function send(epoch: number): void {
  keeper.send(BigInt(epoch));
}

export async function connect(url: string, token: string): Promise<void> {
  await room.connect(url, token);
}

/** Sends microphone and camera; their lines are bound from birth. */
export async function publish(): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    video: { width: 640, height: 480 },
  });
  for (const track of stream.getTracks()) {
    const { Microphone, Camera } = client.Track.Source;
    const is_sound = track.kind === 'audio';
    const source = is_sound ? sources.microphone : sources.camera;
    guard.expect(track, source);
    guard.setOn(source, true);
    await room.localParticipant.publishTrack(track, { source: is_sound ? Microphone : Camera });
  }
}

export function setOn(source: keyof typeof sources, on: boolean): void {
  guard.setOn(sources[source], on);
}

export async function sendPayload(bytes: readonly number[], clear = false): Promise<boolean> {
  const payload = Uint8Array.from(bytes);
  const sealed = clear ? payload : await guard.seal(payload);
  if (sealed) await room.localParticipant.publishData(sealed, { reliable: true });
  return sealed !== null;
}

export function answerCalls(): void {
  room.registerRpcMethod('ask', () => Promise.resolve('words in clear'));
}

export function killWorker(): void {
  worker.terminate();
}

/** What each line did, and what went past the guard. */
export function report(): {
  lines: readonly LineCount[];
  breaches: readonly string[];
  payloads: readonly number[][];
} {
  return { lines: counts, breaches, payloads };
}

export function leave(): Promise<void> {
  return room.disconnect();
}

/** As a server would by a new identity: the connection is made anew from nothing. */
export async function reconnectWhole(): Promise<void> {
  const done = new Promise<void>((resolve) =>
    room.once(client.RoomEvent.Reconnected, () => resolve()),
  );
  await room.simulateScenario('full-reconnect');
  await done;
}
