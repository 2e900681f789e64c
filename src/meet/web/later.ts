import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

type Aside = typeof import('./aside.ts');

export function loadAside(): Promise<Aside> {
  return import('./aside.ts');
}

/**
 * A view that loads when it is first shown, inside of `Suspense`. Where it cannot be loaded, the
 * page goes on without it instead of falling down with it.
 */
export function later<Props>(
  pick: (aside: Aside) => ComponentType<Props>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() =>
    loadAside().then(
      (aside) => ({ default: pick(aside) }),
      () => ({ default: () => null }),
    ),
  );
}
