import { useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Picture } from './model.ts';
import css from './tile.module.css';

/** A moving picture. `whole` shows all of it, also where that leaves bars beside it. */
export function Moving(props: { picture: Picture; whole: boolean }): ReactNode {
  const { picture, whole } = props;
  const ref = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    const video = ref.current;
    if (video === null) return undefined;
    const fit = (): void => {
      const shape = video.videoWidth / video.videoHeight;
      const room = video.clientWidth / video.clientHeight;
      // A phone held upright in a wide tile would lose head and chin; a wide picture in an
      // upright tile loses only what is beside the person.
      video.dataset['fit'] = whole || room / shape > 1.7 ? 'contain' : 'cover';
    };
    const observer = new ResizeObserver(fit);
    observer.observe(video);
    // Until the first frame the initials under it are seen through; then it covers them whole.
    const cover = (): void => void (video.dataset['arrived'] = '');
    video.addEventListener('resize', fit);
    video.addEventListener('loadeddata', cover);
    const detach = picture.attach(video);
    return () => {
      observer.disconnect();
      video.removeEventListener('resize', fit);
      video.removeEventListener('loadeddata', cover);
      delete video.dataset['arrived'];
      detach();
    };
  }, [picture, whole]);
  return (
    <video
      ref={ref}
      className={css.video}
      data-mirrored={picture.mirrored}
      autoPlay
      playsInline
      muted
      disableRemotePlayback
    />
  );
}
