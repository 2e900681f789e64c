/** The panel about the encryption, as people use it: the numbers, their picture, who was compared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeQR } from 'qr/decode.js';
import { button, joinMeeting, meetTogether } from './journey.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;
const patience_ms = 20_000;

const panel = ({ page }: Visitor) => page.getByRole('dialog', { name: en.encryption });

/** Six groups of five digits. */
async function numbersOf(visitor: Visitor): Promise<string> {
  return panel(visitor)
    .getByText(/^(\d{5} ?){6}$/)
    .innerText();
}

async function scan(visitor: Visitor): Promise<string> {
  const picture = panel(visitor).getByRole('img', { name: 'The same numbers as a QR code' });
  const image = await picture.evaluate(async (svg) => {
    const side = 400;
    const copy = svg.cloneNode(true) as SVGElement;
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('width', String(side));
    copy.setAttribute('height', String(side));
    const text = `data:image/svg+xml,${encodeURIComponent(copy.outerHTML)}`;
    const drawn = new Image();
    drawn.src = text;
    await drawn.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = side;
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, side, side);
    pen.drawImage(drawn, 0, 0, side, side);
    return { side, data: [...pen.getImageData(0, 0, side, side).data] };
  });
  return decodeQR({ width: image.side, height: image.side, data: Uint8Array.from(image.data) });
}

const rowOf = (visitor: Visitor, name: string) =>
  panel(visitor).getByRole('listitem').filter({ hasText: name });

test('two people compare, a third is told apart, and a reload forgets nothing', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const link = await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    for (const visitor of [ada, ben]) await button(visitor, en.encryption).click();
    const seen = await until('the same numbers', patience_ms, async () => {
      const [one, other] = [await numbersOf(ada), await numbersOf(ben)];
      return one === other && one;
    });
    assert.match(await scan(ada), new RegExp(`^Conclave \\d+: ${seen}$`));
    await button(ada, 'We see the same').click();
    await rowOf(ada, 'Ben').getByText('compared', { exact: true }).waitFor();
    assert.equal(await rowOf(ben, 'Ada').getByText('compared').count(), 0);

    const cy = await visit({ name: 'Cy', person: 2 });
    await joinMeeting(cy, link);
    await rowOf(ada, 'Cy').getByText('not compared yet').waitFor();
    await rowOf(ada, 'Ben').getByText('compared', { exact: true }).waitFor();
    await until('new numbers', patience_ms, async () => (await numbersOf(ada)) !== seen);

    await ada.page.reload();
    await ada.see('Ben');
    await button(ada, en.encryption).click();
    await rowOf(ada, 'Ben').getByText('compared', { exact: true }).waitFor();
    await rowOf(ada, 'Cy').getByText('not compared yet').waitFor();
  });
});
