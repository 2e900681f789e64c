/** Keys of the call (look design). They rest while somebody types. */
import type { CallModel } from './model.ts';
import type { Seating } from './seating.ts';

export const keys = {
  microphone: 'M',
  camera: 'V',
  screen: 'S',
  hand: 'H',
  chat: 'C',
  people: 'P',
  layout: 'G',
  leave: 'L',
  shortcuts: '?',
} as const;

/** By its parts, not by `instanceof`: a picture-in-picture window has classes of its own. */
function asElement(target: EventTarget | null): HTMLElement | null {
  return target !== null && 'tagName' in target ? (target as HTMLElement) : null;
}

function isTyping(target: EventTarget | null): boolean {
  const element = asElement(target);
  if (element === null) return false;
  return element.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

/** Listens on `place` (a window) until `life` ends. */
export function listenToKeys(
  place: Window,
  model: CallModel,
  seating: Seating,
  life: AbortSignal,
): void {
  let talking = false;
  /** Focus went where it is by a click, and not by the keyboard. */
  let clicked = false;
  /** A control that the keyboard reached keeps its own space; one that was clicked does not. */
  const ownsSpace = (target: EventTarget | null): boolean => {
    if (isTyping(target)) return true;
    const control = asElement(target)?.closest('button, a, summary') ?? null;
    return control !== null && !clicked;
  };
  const acts: Readonly<Record<string, () => void>> = {
    m: () => model.setMicrophone(!model.microphone.get().on),
    v: () => model.setCamera(!model.camera.get().on),
    s: () => model.can_share && model.setScreen(!model.screen.get().on),
    h: () =>
      model.raiseHand(!model.people.get().some(({ you, hand_at }) => you && hand_at !== null)),
    c: () => seating.togglePanel('chat'),
    p: () => seating.togglePanel('people'),
    g: () => seating.toggleMode(),
    l: () => seating.sheet.set('leave'),
    '?': () => seating.toggleSheet('shortcuts'),
  };
  const stopTalking = (): void => {
    if (talking) model.setMicrophone(false);
    talking = false;
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Tab') clicked = false;
    if (event.key === ' ' && !ownsSpace(event.target)) {
      event.preventDefault();
      if (event.repeat || model.microphone.get().on) return;
      talking = true;
      model.setMicrophone(true);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target)) return;
    const asking = place.document.querySelector('dialog:modal') !== null;
    const act = acts[event.key.toLowerCase()];
    if (act === undefined || (asking && event.key !== '?')) return;
    event.preventDefault();
    act();
  };
  const release = (event: KeyboardEvent): void => {
    if (event.key !== ' ' || ownsSpace(event.target)) return;
    // A clicked button would take the key's release for another click.
    event.preventDefault();
    stopTalking();
  };
  place.addEventListener('pointerdown', () => (clicked = true), { signal: life, capture: true });
  place.addEventListener('keydown', press, { signal: life });
  place.addEventListener('keyup', release, { signal: life });
  // The key may be released elsewhere: nobody talks without knowing.
  place.addEventListener('blur', stopTalking, { signal: life });
}
