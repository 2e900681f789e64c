import '../design/tokens.css';
import '../design/base.css';
import { Meet } from '../../meet/web/meet.tsx';
import { hydrate } from '../hydrate.tsx';

/** A camera that takes longer than a glance does not hold up the page. */
const glance_ms = 400;

/** Resolves when one's own picture is on screen, or at once where none was asked for. */
async function pictureShown(): Promise<void> {
  if (!(await window.early?.media.video)) return;
  const video = document.querySelector('video');
  await new Promise((resolve) => video?.requestVideoFrameCallback(resolve));
}

function glance(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, glance_ms));
}

// The picture comes first: hydrating meanwhile would hold up both, and early presses are kept.
await Promise.race([pictureShown(), glance()]).catch(() => undefined);
hydrate(<Meet />);
