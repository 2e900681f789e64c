import { Suspense, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { PointerEvent, ReactNode } from 'react';
import { Alone, Pages } from './late-parts.ts';
import { arrange } from './layout.ts';
import type { Area, Arrangement, Box } from './layout.ts';
import { tileOf, tileOfShare } from './model.ts';
import type { CallModel, Person } from './model.ts';
import { isAudience } from './rights.ts';
import { assignRoles } from './scene.ts';
import type { Cast, Roles } from './scene.ts';
import type { Seating } from './seating.ts';
import { PersonTile, ShareTile } from './tile.tsx';
import { useValue } from './use-value.ts';
import css from './stage.module.css';

/** How long a pointer at rest still counts as being among the tiles. */
const hold_ms = 1200;

function useArea(): [(element: HTMLElement | null) => void, Area] {
  const [area, setArea] = useState<Area>({ width: 0, height: 0 });
  const observer = useRef<ResizeObserver | null>(null);
  const measure = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    const read = (): void => {
      setArea((old) => {
        const { clientWidth: width, clientHeight: height } = element;
        return old.width === width && old.height === height ? old : { width, height };
      });
    };
    observer.current = new ResizeObserver(read);
    observer.current.observe(element);
    read();
  }, []);
  return [measure, area];
}

/** Everybody's turn among the raised hands, from 1. */
function countTurns(people: readonly Person[]): Map<string, number> {
  const raised = people.filter((person) => person.hand_at !== null);
  raised.sort((one, other) => (one.hand_at ?? 0) - (other.hand_at ?? 0));
  return new Map(raised.map((person, index) => [person.identity, index + 1]));
}

/**
 * The arrangement of a cast. Oneself stands last on the first page, and how many that page holds
 * is known only once it is arranged: hence the second look.
 */
function place(cast: Omit<Cast, 'first_page'>, area: Area, page: number) {
  const first = assignRoles({ ...cast, first_page: 0 });
  const { page_size } = arrange({ area, page, ...first });
  const before = first.others.filter((tile) => tile.startsWith('s:')).length;
  const first_page = Math.max(0, Math.min(cast.order.length, page_size - before - 1));
  const roles: Roles = assignRoles({ ...cast, first_page });
  const arrangement: Arrangement = arrange({ area, page, ...roles });
  return { arrangement, first_page: page_size - before - (cast.self_shown ? 1 : 0) };
}

function usePlaces(model: CallModel, seating: Seating, area: Area) {
  const people = useValue(model.people);
  const shares = useValue(model.shares);
  const speaker = useValue(model.speaker);
  const mode = useValue(seating.mode);
  const pinned = useValue(seating.pinned);
  const spotlight = useValue(model.spotlight);
  const order = useValue(seating.order);
  const group = useValue(model.group);
  const self_shown = useValue(seating.self_shown) && !isAudience(group, group.own);
  const page = useValue(seating.page);
  const { arrangement, first_page } = useMemo(
    () =>
      place({ mode, pinned, spotlight, people, shares, order, speaker, self_shown }, area, page),
    [mode, pinned, spotlight, people, shares, order, speaker, self_shown, area, page],
  );
  const shown = Array.from(arrangement.boxes.keys()).join(' ');
  useLayoutEffect(() => {
    if (shown !== '') model.show(new Set(shown.split(' ')));
  }, [model, shown]);
  useLayoutEffect(() => seating.setFirstPage(first_page), [seating, first_page]);
  return { people, shares, arrangement, pinned };
}

/** The tiles, and whatever belongs among them. */
export function Stage(props: { model: CallModel; seating: Seating }): ReactNode {
  const { model, seating } = props;
  const [measure, area] = useArea();
  const { people, shares, arrangement, pinned } = usePlaces(model, seating, area);
  const turns = useMemo(() => countTurns(people), [people]);
  const hold = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse') seating.hold(hold_ms);
  };
  const tiles: ReactNode[] = [];
  const add = (tile: string, draw: (box: Box) => ReactNode): void => {
    const box = arrangement.boxes.get(tile);
    if (box !== undefined) tiles.push(draw(box));
  };
  for (const share of shares) {
    const tile = tileOfShare(share.id);
    const common = { pinned: pinned === tile, onPin: () => seating.togglePin(tile) };
    add(tile, (box) => <ShareTile key={tile} share={share} box={box} {...common} />);
  }
  for (const person of people) {
    const tile = tileOf(person.identity);
    const turn = turns.get(person.identity) ?? 0;
    const common = { pinned: pinned === tile, onPin: () => seating.togglePin(tile) };
    add(tile, (box) => <PersonTile key={tile} person={person} turn={turn} box={box} {...common} />);
  }
  return (
    <div className={css.stage}>
      <div ref={measure} className={css.area} onPointerMove={hold}>
        {tiles}
      </div>
      {people.length === 1 && shares.length === 0 && (
        <div className={css.alone}>
          <Suspense>
            <Alone model={model} />
          </Suspense>
        </div>
      )}
      {arrangement.pages > 1 && (
        <div className={css.pager}>
          <Suspense>
            <Pages seating={seating} page={arrangement.page} pages={arrangement.pages} />
          </Suspense>
        </div>
      )}
    </div>
  );
}
