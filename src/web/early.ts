/**
 * Asked for one by one: the picture does not wait until the sound is ready. Null where the
 * browser would have asked the person.
 */
export interface EarlyMedia {
  audio?: Promise<MediaStream | null>;
  video?: Promise<MediaStream | null>;
}

/**
 * What a page does before its framework arrives. It runs inline, before the page's body, so it is
 * kept to what must not wait: an early press is held here, and made again after hydration.
 */
export interface Early {
  /** What was pressed or submitted before hydration, in order: the controls, or the forms. */
  readonly held: HTMLElement[];
  /** The own sound and picture, where they were asked for before hydration. */
  readonly media: EarlyMedia;
  /** Before this, hydrating would hold up what the page shows first. Never rejects. */
  shown?: Promise<unknown>;
  release(): void;
}

declare global {
  interface Window {
    early?: Early;
  }
}

/** Holds every press and submission of the page until `release`. */
export function holdEarly(): Early {
  const hold = (event: Event): void => {
    const target = event.target as Element;
    const pressed =
      event.type === 'submit'
        ? (target as HTMLElement)
        : target.closest<HTMLElement>('button[type=button]');
    if (!pressed) return;
    event.preventDefault();
    // While React hydrates it listens already, but the page behind it has not begun.
    event.stopPropagation();
    early.held.push(pressed);
  };
  const early: Early = {
    held: [],
    media: {},
    release() {
      removeEventListener('click', hold, true);
      removeEventListener('submit', hold, true);
    },
  };
  addEventListener('click', hold, true);
  addEventListener('submit', hold, true);
  window.early = early;
  return early;
}

/** Loads the page's scripts, where the page leaves it to its early script to say when. */
export function loadScripts(): void {
  const template = document.querySelector<HTMLTemplateElement>('template#scripts');
  if (!template) return;
  template.remove();
  document.head.append(template.content);
}

/** After hydration: stops holding, and makes the early presses and submissions again. */
export function replayEarly(): void {
  const { early } = window;
  if (!early) return;
  early.release();
  for (const held of early.held.splice(0)) {
    if (held instanceof HTMLFormElement) held.requestSubmit();
    else held.click();
  }
}
