import type { Picture } from './model.ts';

/** A picture of a track of this browser, which needs no media server. */
export function showStream(track: MediaStreamTrack, mirrored: boolean): Picture {
  const stream = new MediaStream([track]);
  return {
    id: track.id,
    mirrored,
    attach(video) {
      video.srcObject = stream;
      return () => {
        if (video.srcObject === stream) video.srcObject = null;
      };
    },
  };
}
