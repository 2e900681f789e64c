/** A page to be shared: a numbered picture over the whole tab, and a tone. */
import type { Page } from 'playwright-core';
import { drawnScript } from './readers.ts';
import type { Visitor } from '../visitor.ts';

/** Opens a page to be shared: the numbered picture over the whole tab, and a tone. */
export async function openSharedPage(
  sharer: Visitor,
  title: string,
  person: number,
): Promise<Page> {
  const page = await sharer.context.newPage();
  await page.setContent(
    `<!doctype html><title>${title}</title>
    <style>body { margin: 0; background: #000 } canvas { width: 100vw; height: 100vh; display: block }</style>
    <canvas width="1280" height="800"></canvas>`,
  );
  await page.evaluate(await drawnScript());
  await page.evaluate((who) => {
    const canvas = document.querySelector('canvas');
    if (!canvas) throw new Error('no canvas');
    window.drawn.drawCamera(canvas, who);
    const audio = new AudioContext();
    window.drawn.hum(audio, audio.destination, who);
  }, person);
  return page;
}
