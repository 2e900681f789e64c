/** A picture that moves, drawn here: a camera's stays the person's own until they are in a meeting. */
export interface Moving {
  readonly width: number;
  readonly height: number;
  readonly frames_s: number;
}

export interface Drawing {
  readonly track: MediaStreamTrack;
  /** How often the browser has painted the page; in a page that is not in front it hardly does. */
  readonly paints: () => number;
  readonly stop: () => void;
}

/** Bars that wander over noise, so that there is something to send. */
export function drawMoving({ width, height, frames_s }: Moving): Drawing {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext('2d');
  const draw = (): void => {
    if (!pen) return;
    for (let bar = 0; bar < 16; bar += 1) {
      pen.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
      pen.fillRect(Math.random() * width, Math.random() * height, width / 6, height / 6);
    }
  };
  const timer = setInterval(draw, 1000 / frames_s);
  let paints = 0;
  const count = (): void => {
    paints += 1;
    painting = requestAnimationFrame(count);
  };
  let painting = requestAnimationFrame(count);
  const [track] = canvas.captureStream(frames_s).getVideoTracks();
  if (!track) throw new DOMException('no drawing', 'NotSupportedError');
  return {
    track,
    paints: () => paints,
    stop: () => {
      cancelAnimationFrame(painting);
      clearInterval(timer);
      track.stop();
    },
  };
}
