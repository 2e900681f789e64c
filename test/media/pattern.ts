/**
 * The picture that proves itself, as fractions of its size so that any simulcast layer can be
 * read. Above: two rows of eight blocks (white, black, twelve bits, two bits of checksum). The
 * twelve bits are four of who sends it and eight of the frame's number. Below: colour bars, and
 * stripes that only a sharp picture keeps.
 */

/** How many different frame numbers there are before they begin again. */
export const frame_count = 256;
/** How many people can be told apart. */
export const person_count = 16;

export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** A part of the picture: 0 to 1 from the left and from the top. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Reading {
  readonly person: number;
  readonly frame: number;
}

const columns = 8;
const block_height = 0.22;

/** The colour bars, from the left, that follow the blocks. */
export const bars: readonly Rgb[] = [
  { r: 200, g: 40, b: 40 },
  { r: 40, g: 170, b: 60 },
  { r: 50, g: 70, b: 200 },
  { r: 220, g: 200, b: 50 },
];

/** Where the block at `index` (0 to 15) is. */
export function blockArea(index: number): Area {
  return {
    x: (index % columns) / columns,
    y: Math.floor(index / columns) * block_height,
    width: 1 / columns,
    height: block_height,
  };
}

/** Where the colour bar at `index` is. */
export function barArea(index: number): Area {
  const y = 2 * block_height;
  return { x: index / bars.length, y, width: 1 / bars.length, height: 0.8 - y };
}

/** Where the stripes are: four rows of pixels white, four black. */
export const stripe_area: Area = { x: 0, y: 0.8, width: 1, height: 0.2 };

/** The sixteen blocks of a frame, true for white. */
export function writeBlocks(person: number, frame: number): boolean[] {
  const value = ((person % person_count) << 8) | (frame % frame_count);
  const bits = Array.from({ length: 12 }, (_, bit) => ((value >> bit) & 1) === 1);
  const sum = checksum(bits);
  return [true, false, ...bits, (sum & 1) === 1, (sum & 2) === 2];
}

/**
 * What the blocks say, from the lightness (0 to 255) of each; undefined when this is not such a
 * picture, or one too damaged to believe.
 */
export function readBlocks(lightness: readonly number[]): Reading | undefined {
  const [white = 0, black = 255, ...rest] = lightness;
  if (white - black < 80) return undefined;
  const middle = (white + black) / 2;
  const bits = rest.map((value) => value > middle);
  const value = bits.slice(0, 12).reduce((sum, bit, index) => sum + (bit ? 1 << index : 0), 0);
  const claimed = (bits[12] ? 1 : 0) + (bits[13] ? 2 : 0);
  if (claimed !== checksum(bits.slice(0, 12))) return undefined;
  return { person: value >> 8, frame: value & 0xff };
}

function checksum(bits: readonly boolean[]): number {
  return bits.filter(Boolean).length & 3;
}

/** How many frames `later` is after `earlier`, though the numbers begin again. */
export function framesBetween(earlier: number, later: number): number {
  return (later - earlier + frame_count) % frame_count;
}

/** The tone of a person in Hz: far enough apart, and away from each other's harmonics. */
export function toneOf(person: number): number {
  return [440, 620, 980, 1460, 1780, 2140][person] ?? 2500 + person * 170;
}
