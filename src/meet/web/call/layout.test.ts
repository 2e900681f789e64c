import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { arrange, countFitting, gap, page_max, placeGrid } from './layout.ts';
import type { Box } from './layout.ts';

const areas = fc.record({
  width: fc.integer({ min: 280, max: 2560 }),
  height: fc.integer({ min: 200, max: 1600 }),
});

function overlap(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function assertApart(boxes: readonly Box[], width: number, height: number): void {
  boxes.forEach((box, index) => {
    assert.ok(box.x >= 0 && box.y >= 0, 'a tile begins outside');
    assert.ok(box.x + box.width <= width + 1 && box.y + box.height <= height + 1, 'a tile leaves');
    for (const other of boxes.slice(index + 1)) assert.ok(!overlap(box, other), 'tiles overlap');
  });
}

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `p:${at}`);

describe('a grid of tiles', () => {
  test('keeps every tile inside and apart, all of one size', () => {
    fc.assert(
      fc.property(areas, fc.integer({ min: 1, max: page_max }), (area, wanted) => {
        const count = Math.min(wanted, countFitting(area));
        const boxes = placeGrid(count, area);
        assert.equal(boxes.length, count);
        assertApart(boxes, area.width, area.height);
        assert.equal(new Set(boxes.map(({ width, height }) => `${width} ${height}`)).size, 1);
      }),
    );
  });

  test('centres a last row that is not full', () => {
    const boxes = placeGrid(5, { width: 1256, height: 660 });
    const [last, before] = [boxes[4], boxes[3]];
    assert.ok(last && before);
    assert.ok(Math.abs(before.x - (1256 - last.x - last.width)) <= 1);
  });

  test('shows 49 at once on a laptop, and pages on a phone', () => {
    assert.equal(countFitting({ width: 1896, height: 940 }), page_max);
    const phone = countFitting({ width: 374, height: 700 });
    assert.ok(phone >= 12 && phone < 30, String(phone));
  });
});

describe('a scene', () => {
  test('keeps everything inside and apart, whatever stands large', () => {
    fc.assert(
      fc.property(
        areas,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 60 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 9 }),
        (area, large, others, screens, page) => {
          const scene = {
            area,
            large: Array.from({ length: large }, (_, at) => `s:${at}`),
            screens,
            others: names(others),
            page,
          };
          const { boxes, pages, page: shown } = arrange(scene);
          assert.ok(shown < pages);
          assertApart([...boxes.values()], area.width, area.height);
        },
      ),
    );
  });

  test('puts a shared screen beside people on a laptop, above them on a phone', () => {
    const scene = { large: ['s:1'], screens: true, others: names(3), page: 0 };
    const wide = arrange({ ...scene, area: { width: 1256, height: 660 } }).boxes;
    const tall = arrange({ ...scene, area: { width: 374, height: 700 } }).boxes;
    const [screen, person] = [wide.get('s:1'), wide.get('p:0')];
    assert.ok(screen && person && person.x >= screen.x + screen.width + gap);
    const [above, below] = [tall.get('s:1'), tall.get('p:0')];
    assert.ok(above && below && below.y >= above.y + above.height);
  });

  test('pages what does not fit, and a page that is gone becomes the last', () => {
    const area = { width: 374, height: 700 };
    const scene = { area, large: [], screens: false, others: names(30) };
    const first = arrange({ ...scene, page: 0 });
    const beyond = arrange({ ...scene, page: 9 });
    assert.equal(beyond.page, first.pages - 1);
    const seen = new Set([...first.boxes.keys(), ...arrange({ ...scene, page: 1 }).boxes.keys()]);
    assert.equal(seen.size, 30);
    // The last page is not full, and still its tiles have the size of the others.
    assert.equal(first.boxes.get('p:0')?.width, [...beyond.boxes.values()][0]?.width);
  });

  test('of an area that is not measured yet is empty', () => {
    const none = { width: 0, height: 0 };
    assert.equal(
      arrange({ area: none, large: [], screens: false, others: names(3), page: 0 }).boxes.size,
      0,
    );
  });
});
