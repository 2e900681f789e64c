import type { ReactNode } from 'react';

/**
 * Drawings of the icons that the first pages need, 24 by 24, after Lucide (ISC). They stand once
 * in the page as symbols, outside of what hydrates, and so cost no script.
 */
const drawings = {
  plus: <path d="M5 12h14M12 5v14" />,
  microphone: (
    <path d="M12 19v3M19 10v2a7 7 0 0 1-14 0v-2M12 2a3 3 0 0 1 3 3v7a3 3 0 0 1-6 0V5a3 3 0 0 1 3-3" />
  ),
  'microphone-off': (
    <path d="M12 19v3M15 9.34V5a3 3 0 0 0-5.68-1.33M16.95 16.95A7 7 0 0 1 5 12v-2M18.89 13.23A7 7 0 0 0 19 12v-2M2 2l20 20M9 9v3a3 3 0 0 0 5.12 2.12" />
  ),
  camera: (
    <path d="m16 13 5.2 3.5a.5.5 0 0 0 .8-.4V7.9a.5.5 0 0 0-.8-.4L16 10.5M4 6h10a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2" />
  ),
  'camera-off': (
    <path d="M10.66 6H14a2 2 0 0 1 2 2v2.5l5.2-3.1a.5.5 0 0 1 .8.4v8.2M16 16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2M2 2l20 20" />
  ),
  settings: (
    <path d="M14 17H5M19 7h-9M17 14a3 3 0 1 1 0 6 3 3 0 0 1 0-6M7 4a3 3 0 1 1 0 6 3 3 0 0 1 0-6" />
  ),
  copy: (
    <path d="M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2M4 16a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2" />
  ),
  check: <path d="M20 6 9 17l-5-5" />,
  share: <path d="M12 2v13M16 6l-4-4-4 4M4 12v8a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-8" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof drawings;

/** Every drawing as a symbol, to stand once in a page. */
export function Sprite(): ReactNode {
  return (
    <svg className="sprite" aria-hidden="true">
      {Object.entries(drawings).map(([name, drawing]) => (
        <symbol key={name} id={name} viewBox="0 0 24 24">
          {drawing}
        </symbol>
      ))}
    </svg>
  );
}
