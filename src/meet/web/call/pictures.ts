/** What others send as pictures, for the view to show. */
import { Track } from './media.ts';
import type { RemoteParticipant, RemoteTrack } from './media.ts';
import type { Picture } from './model.ts';

/** Tells once the first frame is on screen, and not while it is being drawn. */
function whenShown(video: HTMLVideoElement, tell: () => void): () => void {
  const later = (): void => void setTimeout(tell);
  if ('requestVideoFrameCallback' in HTMLVideoElement.prototype) {
    const request = video.requestVideoFrameCallback(later);
    return () => video.cancelVideoFrameCallback(request);
  }
  video.addEventListener('loadeddata', later, { once: true });
  return () => video.removeEventListener('loadeddata', later);
}

export class Pictures {
  readonly #known = new WeakMap<RemoteTrack, Picture>();
  readonly #onSeen: () => void;

  /** `onSeen` is told whenever a picture shows its first frame. */
  constructor(onSeen: () => void) {
    this.#onSeen = onSeen;
  }

  /** The participant's picture of a source; null while it is off or has not arrived. */
  find(participant: RemoteParticipant, source: Track.Source): Picture | null {
    const publication = participant.getTrackPublication(source);
    if (publication?.track === undefined || publication.isMuted) return null;
    return this.#pictureOf(publication.track);
  }

  /** The same object for the same track, so that a tile is not drawn again for nothing. */
  #pictureOf(track: RemoteTrack): Picture {
    const known = this.#known.get(track);
    if (known) return known;
    const picture: Picture = {
      id: track.sid ?? track.mediaStreamTrack.id,
      mirrored: false,
      attach: (video) => {
        const forget = whenShown(video, this.#onSeen);
        track.attach(video);
        return () => {
          forget();
          track.detach(video);
        };
      },
    };
    this.#known.set(track, picture);
    return picture;
  }
}
