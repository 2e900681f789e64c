/**
 * A member of the room without any key and without the guard, who takes down every encoded frame
 * the media server forwards, and lets the browser try to decode it all the same.
 */
import { Room, RoomEvent, Track, VideoQuality, setLogLevel } from 'livekit-client';

interface Streams {
  readonly readable: ReadableStream<{ data: ArrayBuffer; type?: string }>;
  readonly writable: WritableStream;
}

const frames: { kind: string; bytes: number[] }[] = [];
const packets: number[][] = [];
let room: Room;

/** Frames of one second are enough to judge, and what a test can carry out of the page. */
const frames_max = 400;
const bytes_max = 1500;

export async function tap(url: string, token: string): Promise<void> {
  const Native = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, encodedInsertableStreams: true } as RTCConfiguration);
      this.addEventListener('track', ({ receiver, track }) => take(receiver, track.kind));
    }
    override addTransceiver(
      track: MediaStreamTrack | string,
      init?: RTCRtpTransceiverInit,
    ): RTCRtpTransceiver {
      const transceiver = super.addTransceiver(track, init);
      const { readable, writable } = streamsOf(transceiver.sender);
      void readable.pipeTo(writable);
      return transceiver;
    }
    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration({
        ...configuration,
        encodedInsertableStreams: true,
      } as RTCConfiguration);
    }
  };
  setLogLevel('error');
  room = new Room();
  room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
  room.on(RoomEvent.DataReceived, (payload) => void packets.push([...payload]));
  await room.connect(url, token);
}

function streamsOf(end: RTCRtpSender | RTCRtpReceiver): Streams {
  return (end as unknown as { createEncodedStreams(): Streams }).createEncodedStreams();
}

function take(receiver: RTCRtpReceiver, kind: string): void {
  const { readable, writable } = streamsOf(receiver);
  const copy = new TransformStream({
    transform(frame: { data: ArrayBuffer }, out) {
      if (frames.length < frames_max) {
        frames.push({ kind, bytes: [...new Uint8Array(frame.data).subarray(-bytes_max)] });
      }
      out.enqueue(frame);
    },
  });
  void readable.pipeThrough(copy).pipeTo(writable);
}

/** Picture and sound in clear, as a server or somebody it let in could send them. */
export async function publishClear(): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) {
    const source = track.kind === 'audio' ? Track.Source.Microphone : Track.Source.Camera;
    await room.localParticipant.publishTrack(track, { source, videoCodec: 'vp8', red: false });
  }
}

/** What was taken down so far is let go. */
export function forget(): void {
  frames.length = 0;
}

/** Asks for the pictures of everybody in that quality: another layer of what they send. */
export function ask(quality: 'low' | 'high'): void {
  const wanted = { low: VideoQuality.LOW, high: VideoQuality.HIGH };
  for (const participant of room.remoteParticipants.values()) {
    for (const publication of participant.videoTrackPublications.values()) {
      publication.setVideoQuality(wanted[quality]);
    }
  }
}

export function taken(): { frames: typeof frames; packets: number[][] } {
  return { frames, packets };
}

export async function callByRpc(identity: string): Promise<string> {
  return room.localParticipant
    .performRpc({
      destinationIdentity: identity,
      method: 'ask',
      payload: '',
      responseTimeout: 1500,
    })
    .catch((cause: unknown) => `refused: ${String(cause)}`);
}

export async function sendData(bytes: readonly number[]): Promise<void> {
  await room.localParticipant.publishData(Uint8Array.from(bytes), { reliable: true });
}

/** Who else is connected. */
export function others(): string[] {
  return [...room.remoteParticipants.keys()];
}

/** Packets that came. */
export async function received(): Promise<number> {
  let count = 0;
  for (const participant of room.remoteParticipants.values()) {
    for (const { track } of participant.trackPublications.values()) {
      const report = await track?.getRTCStatsReport();
      report?.forEach((entry: { type: string; packetsReceived?: number }) => {
        if (entry.type === 'inbound-rtp') count += entry.packetsReceived ?? 0;
      });
    }
  }
  return count;
}

/** Whose cameras can be told from what the browser's decoders made of it, within `ms`. */
export async function recognise(ms: number): Promise<number[]> {
  const looks = [...document.querySelectorAll('video')].map(async (video) => {
    const seen = await window.readers.see(video, 1, ms).catch(() => null);
    return seen === null ? [] : [seen.person];
  });
  return (await Promise.all(looks)).flat();
}
