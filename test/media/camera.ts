import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import {
  bars,
  barArea,
  blockArea,
  frame_count,
  stripe_area,
  toneOf,
  writeBlocks,
} from './pattern.ts';
import type { Area, Rgb } from './pattern.ts';

const width = 320;
const height = 180;
const fps = 15;
const audio_hz = 48_000;

/**
 * Writes `person`'s camera as a Y4M file that Chromium plays in a loop: 320 × 180, 15 frames a
 * second, 256 numbered frames, 22 MB.
 */
export async function writeCamera(path: string, person: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`YUV4MPEG2 W${String(width)} H${String(height)} F${String(fps)}:1 Ip A1:1 C420jpeg\n`);
  const still = stillFrame();
  for (let frame = 0; frame < frame_count; frame += 1) {
    const planes = Buffer.from(still);
    writeBlocks(person, frame).forEach((white, index) => {
      fill(planes, blockArea(index), white ? { r: 235, g: 235, b: 235 } : { r: 16, g: 16, b: 16 });
    });
    if (!file.write(Buffer.concat([Buffer.from('FRAME\n'), planes]))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** Everything but the numbered blocks. */
function stillFrame(): Buffer {
  const planes = Buffer.alloc((width * height * 3) / 2, 128);
  bars.forEach((colour, index) => {
    fill(planes, barArea(index), colour);
  });
  const first = Math.round(stripe_area.y * height);
  for (let y = first; y < height; y += 1)
    planes.fill(Math.floor(y / 4) % 2 === 0 ? 235 : 16, y * width, (y + 1) * width);
  return planes;
}

function fill(planes: Buffer, area: Area, colour: Rgb): void {
  const { r, g, b } = colour;
  const luma = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
  const blue = Math.round(128 + (b - luma) * 0.564);
  const red = Math.round(128 + (r - luma) * 0.713);
  fillPlane(planes, 0, width, height, area, luma);
  fillPlane(planes, width * height, width / 2, height / 2, area, blue);
  fillPlane(planes, (width * height * 5) / 4, width / 2, height / 2, area, red);
}

function fillPlane(
  planes: Buffer,
  offset: number,
  across: number,
  down: number,
  area: Area,
  value: number,
): void {
  const left = Math.round(area.x * across);
  const right = Math.round((area.x + area.width) * across);
  const bottom = Math.round((area.y + area.height) * down);
  for (let y = Math.round(area.y * down); y < bottom; y += 1)
    planes.fill(value, offset + y * across + left, offset + y * across + right);
}

/**
 * Writes `person`'s microphone as a WAV file that Chromium plays in a loop: their tone in
 * syllables of 300 ms with pauses of 100 ms, because a steady tone is taken for noise and removed.
 */
export async function writeMicrophone(path: string, person: number): Promise<void> {
  const seconds = 4;
  const samples = Buffer.alloc(audio_hz * seconds * 2);
  const tone_hz = toneOf(person);
  for (let index = 0; index < audio_hz * seconds; index += 1) {
    const into = (index / audio_hz) % 0.4;
    const loudness = into < 0.3 ? Math.sin((Math.PI * into) / 0.3) : 0;
    const wave = Math.sin((2 * Math.PI * tone_hz * index) / audio_hz);
    samples.writeInt16LE(Math.round(wave * loudness * 16_000), index * 2);
  }
  await writeFile(path, Buffer.concat([wavHeader(samples.length), samples]));
}

function wavHeader(size_bytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + size_bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(audio_hz, 24);
  header.writeUInt32LE(audio_hz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(size_bytes, 40);
  return header;
}
