/** What the benchmarks print: medians with their spread, and ratios measured in the same run. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError without values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  const high = sorted[Math.ceil(middle)];
  const min = sorted[0];
  const max = sorted.at(-1);
  if (low === undefined || high === undefined || min === undefined || max === undefined) {
    throw new RangeError('no values');
  }
  return { median: (low + high) / 2, min, max };
}

export function say(spread: Spread, unit: string): string {
  const round = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
  return `${round(spread.median)} ${unit} [${round(spread.min)}–${round(spread.max)}]`;
}

export function line(name: string, ...figures: readonly string[]): void {
  process.stdout.write(`  ${name.padEnd(44)} ${figures.join('   ')}\n`);
}

export function heading(text: string): void {
  process.stdout.write(`\n${text}\n`);
}
