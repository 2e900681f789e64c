/**
 * The parts of the view that come in a script of their own while the call connects: pictures do
 * not wait for them, and the page before the call does not carry them.
 */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';
import { load } from './load.ts';

type Controls = typeof import('./controls.tsx');

/** The first picture comes first; the controls are there in the first pause, or soon after. */
const patience_ms = 300;

let loading: Promise<Controls> | undefined;

function loadControls(): Promise<Controls> {
  loading ??= pauseOnce().then(() => load(() => import('./controls.tsx')));
  return loading;
}

function pauseOnce(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) {
      requestIdleCallback(() => resolve(), { timeout: patience_ms });
    } else setTimeout(resolve, patience_ms);
  });
}

function partOf<Props>(
  choose: (controls: Controls) => ComponentType<Props>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: choose(await loadControls()) }));
}

export const Top = partOf((controls) => controls.Top);
export const Over = partOf((controls) => controls.Over);
export const Bottom = partOf((controls) => controls.Bottom);
export const Alone = partOf((controls) => controls.Alone);
export const Pin = partOf((controls) => controls.Pin);
export const Pages = partOf((controls) => controls.Pages);
