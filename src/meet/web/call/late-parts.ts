/**
 * The parts of the view that come in a script of their own while the call connects: pictures do
 * not wait for them, and the page before the call does not carry them.
 */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';
import { firstMoments } from './first-moments.ts';
import { load } from './load.ts';

type Controls = typeof import('./controls.tsx');

let loading: Promise<Controls> | undefined;

function loadControls(): Promise<Controls> {
  loading ??= firstMoments().then(() => load(() => import('./controls.tsx')));
  return loading;
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
export const Aside = partOf((controls) => controls.Aside);
