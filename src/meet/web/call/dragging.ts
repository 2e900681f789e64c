/**
 * Tiles put in order by hand: one dragged onto another changes places with it, for oneself alone.
 * The keyboard does the same from the list of people.
 */
import type { Seating } from './seating.ts';

/** A press that wanders less than this is a press. */
const begins_px = 8;

interface Drag {
  readonly tile: HTMLElement;
  readonly id: string;
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
}

/** A person's tile, at whatever of it the pointer is; not what can be pressed on it. */
function tileAt(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element) || target.closest('button')) return null;
  return target.closest<HTMLElement>('fieldset[data-identity]');
}

/** Listens to the page until `life` ends. Escape, or a second finger, puts the tile back. */
export function listenToDrags(seating: Seating, life: AbortSignal): void {
  let drag: Drag | null = null;
  let moving = false;
  let over: HTMLElement | null = null;

  const isSeated = (tile: HTMLElement | null): tile is HTMLElement =>
    seating.order.get().includes(tile?.dataset['identity'] ?? '');

  const mark = (tile: HTMLElement | null): void => {
    if (tile === over) return;
    over?.removeAttribute('data-under');
    over = tile;
    over?.setAttribute('data-under', '');
  };

  const end = (): void => {
    if (!drag) return;
    drag.tile.style.translate = '';
    drag.tile.removeAttribute('data-dragged');
    mark(null);
    drag = null;
    moving = false;
  };

  const press = (event: PointerEvent): void => {
    const tile = tileAt(event.target);
    if (drag || !event.isPrimary || event.button !== 0 || !isSeated(tile)) return end();
    const { pointerId: pointer, clientX: x, clientY: y } = event;
    drag = { tile, id: tile.dataset['identity'] ?? '', pointer, x, y };
  };

  const move = (event: PointerEvent): void => {
    if (drag?.pointer !== event.pointerId) return;
    const [across, down] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!moving && Math.hypot(across, down) < begins_px) return;
    moving = true;
    drag.tile.setAttribute('data-dragged', '');
    drag.tile.style.translate = `${across}px ${down}px`;
    const { tile } = drag;
    const others = document
      .elementsFromPoint(event.clientX, event.clientY)
      .map(tileAt)
      .filter((each) => each !== tile && isSeated(each));
    mark(others[0] ?? null);
  };

  const drop = (event: PointerEvent): void => {
    if (drag?.pointer !== event.pointerId) return;
    const [one, other] = [drag.id, over?.dataset['identity']];
    end();
    if (other !== undefined) seating.exchange(one, other);
  };

  const listen = { signal: life };
  document.addEventListener('pointerdown', press, listen);
  document.addEventListener('pointermove', move, listen);
  document.addEventListener('pointerup', drop, listen);
  document.addEventListener('pointercancel', end, listen);
  document.addEventListener('keydown', (event) => event.key === 'Escape' && end(), listen);
  life.addEventListener('abort', end);
}
