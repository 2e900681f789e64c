/**
 * The rival: a page that does nothing but livekit-client connect and subscribe, in clear, and paints
 * the first remote frame. It says when in `window.bare`. The other one does nothing but publish.
 */
import { Room, RoomEvent, Track } from 'livekit-client';

declare global {
  interface Window {
    bare: { pressed_ms: number; painted_ms: number | undefined };
    join: (url: string, token: string) => Promise<void>;
    publish: (url: string, token: string) => Promise<void>;
  }
}

window.join = async (url, token) => {
  window.bare = { pressed_ms: performance.now(), painted_ms: undefined };
  const room = new Room();
  room.on(RoomEvent.TrackSubscribed, (track) => {
    if (track.kind !== Track.Kind.Video) return;
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    track.attach(video);
    video.requestVideoFrameCallback(() => {
      window.bare.painted_ms ??= performance.now();
    });
  });
  await room.connect(url, token);
};

window.publish = async (url, token) => {
  const room = new Room({ publishDefaults: { videoCodec: 'vp8', simulcast: true } });
  await room.connect(url, token);
  await room.localParticipant.enableCameraAndMicrophone();
};
