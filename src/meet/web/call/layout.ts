/**
 * Where tiles stand. Pure: the same input gives the same boxes, and nothing is measured here
 * but the area that is handed in, in CSS pixels.
 */
export interface Area {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Area {
  readonly x: number;
  readonly y: number;
}

/** The narrowest and the widest shape of a tile, width by height. */
interface Shape {
  readonly min: number;
  readonly max: number;
}

export const gap = 10;
/** The most tiles of a page (meetings design, section 2). */
export const page_max = 49;

const landscape: Shape = { min: 4 / 3, max: 16 / 9 };
const portrait: Shape = { min: 3 / 4, max: 16 / 9 };
/** A shared screen is never cut, so that its box may have any sensible shape. */
const screen: Shape = { min: 0.8, max: 2.6 };

/** The largest equal tiles that `count` people can have in `area`; a last, short row is centred. */
export function placeGrid(count: number, area: Area, shape?: Shape): Box[] {
  if (count === 0) return [];
  const wanted = shape ?? (area.width >= area.height ? landscape : portrait);
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cell_width = (area.width - gap * (columns - 1)) / columns;
    const cell_height = (area.height - gap * (rows - 1)) / rows;
    if (cell_width <= 0 || cell_height <= 0) continue;
    const width = Math.min(cell_width, cell_height * wanted.max);
    const height = Math.min(cell_height, cell_width / wanted.min);
    if (width * height > best.width * best.height + 1) best = { columns, width, height };
  }
  const width = Math.floor(best.width);
  const height = Math.floor(best.height);
  const rows = Math.ceil(count / best.columns);
  const top = (area.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns);
    const in_row = row === rows - 1 ? count - row * best.columns : best.columns;
    const start = (area.width - in_row * width - (in_row - 1) * gap) / 2;
    const column = index - row * best.columns;
    return {
      x: Math.round(start + column * (width + gap)),
      y: Math.round(top + row * (height + gap)),
      width,
      height,
    };
  });
}

/** How many tiles of a size one can still recognise a face in fit into `area`: 1 to 49. */
export function countFitting(area: Area): number {
  const width_min = Math.min(152, (area.width - 2 * gap) / 3);
  const height_min = Math.min(96, area.height);
  const columns = Math.floor((area.width + gap) / (width_min + gap));
  const rows = Math.floor((area.height + gap) / (height_min + gap));
  return Math.max(1, Math.min(page_max, columns * rows));
}

export interface Scene {
  readonly area: Area;
  /** Tiles that stand large: shared screens, the pinned one, the speaker. Empty for a grid. */
  readonly large: readonly string[];
  /** Whether the large ones are screens, which are shown whole. */
  readonly screens: boolean;
  readonly others: readonly string[];
  /** From 0; a page that no longer exists becomes the last. */
  readonly page: number;
}

export interface Arrangement {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly page: number;
  readonly pages: number;
  /** How many of `others` a page holds. */
  readonly page_size: number;
}

function shift(boxes: readonly Box[], x: number, y: number): Box[] {
  return boxes.map((box) => ({ ...box, x: box.x + x, y: box.y + y }));
}

/** The two areas of a scene with something large: beside each other, or one above the other. */
function splitArea(
  area: Area,
  screens: boolean,
  count: number,
): { large: Box; rest: Box; size: number } {
  if (area.width >= area.height && area.width >= 560) {
    const strip = Math.round(Math.max(132, Math.min(264, area.width * 0.2)));
    const tile = (strip * 9) / 16;
    const width = area.width - strip - gap;
    return {
      large: { x: 0, y: 0, width, height: area.height },
      rest: { x: width + gap, y: 0, width: strip, height: area.height },
      size: Math.max(1, Math.floor((area.height + gap) / (tile + gap))),
    };
  }
  const wanted = area.width * (screens ? 0.75 * Math.min(count, 2) : 1.1);
  const height = Math.round(Math.min(area.height * 0.64, wanted));
  const rest = { x: 0, y: height + gap, width: area.width, height: area.height - height - gap };
  return { large: { x: 0, y: 0, width: area.width, height }, rest, size: countFitting(rest) };
}

/** Places every tile of the scene that is on screen. */
export function arrange(scene: Scene): Arrangement {
  const { area, large, others } = scene;
  const boxes = new Map<string, Box>();
  if (area.width <= 0 || area.height <= 0) return { boxes, page: 0, pages: 1, page_size: 1 };
  const alone = others.length === 0;
  const split = large.length === 0 || alone ? null : splitArea(area, scene.screens, large.length);
  const page_size = split?.size ?? countFitting(area);
  const pages = Math.max(1, Math.ceil(others.length / page_size));
  const page = Math.max(0, Math.min(scene.page, pages - 1));
  const shown = others.slice(page * page_size, (page + 1) * page_size);
  const large_area = split?.large ?? area;
  const shape = scene.screens ? screen : undefined;
  placeGrid(large.length, large_area, shape).forEach((box, index) => {
    boxes.set(large[index] ?? '', box);
  });
  const rest = split?.rest ?? { x: 0, y: 0, ...area };
  // A last page that is not full keeps the tile size of the others, so that paging does not jump.
  const places = pages > 1 ? page_size : shown.length;
  shift(placeGrid(places, rest), rest.x, rest.y)
    .slice(0, shown.length)
    .forEach((box, index) => boxes.set(shown[index] ?? '', box));
  return { boxes, page, pages, page_size };
}
