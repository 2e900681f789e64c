/**
 * The rival of a whole call: a page that does nothing but livekit-client, in clear, sends its own camera
 * and microphone and shows everybody in a grid.
 */
import { Room, RoomEvent, Track } from 'livekit-client';

declare global {
  interface Window {
    call: (url: string, token: string, columns: number) => Promise<void>;
  }
}

window.call = async (url, token, columns) => {
  const room = new Room({
    adaptiveStream: true,
    dynacast: true,
    publishDefaults: { videoCodec: 'vp8', simulcast: true },
  });
  const show = (element: HTMLMediaElement): void => {
    element.style.width = `${100 / columns}%`;
    document.body.append(element);
  };
  room.on(RoomEvent.TrackSubscribed, (track) => show(track.attach()));
  room.on(RoomEvent.LocalTrackPublished, ({ track }) => {
    if (track?.kind === Track.Kind.Video) show(track.attach());
  });
  await room.connect(url, token);
  await room.localParticipant.enableCameraAndMicrophone();
};
