/**
 * Canonical JSON (encryption design, section 2): what is signed has one spelling. Keys in the order
 * the shape gives, whole numbers, no white space: `JSON.stringify(JSON.parse(x)) === x`.
 */
import { fromBase64url } from '../link/base64url.ts';
import { utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { Refusal, must } from './refusal.ts';

const depth_max = 8;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 of the canonical text. Throws `json.number`, `json.depth`, `json.size`. */
export function encodeJson(value: unknown, size_bytes_max: number): Bytes {
  checkValues(value, 0);
  const bytes = utf8(JSON.stringify(value));
  must(bytes.length <= size_bytes_max, 'json.size', 'more bytes than this value may have');
  return bytes;
}

/** The value of a canonical text; its shape is yet to be checked. Throws `json.*`. */
export function decodeJson(bytes: Uint8Array, size_bytes_max: number): unknown {
  must(bytes.length <= size_bytes_max, 'json.size', 'more bytes than this value may have');
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new Refusal('json.text', 'not JSON in UTF-8', { cause });
  }
  // Depth first: stringify would recurse as deep as the text goes.
  checkValues(value, 0);
  must(JSON.stringify(value) === text, 'json.canonical', 'a second spelling of the same value');
  return value;
}

function checkValues(value: unknown, depth: number): void {
  must(depth <= depth_max, 'json.depth', 'nested too deeply');
  if (typeof value === 'number') {
    must(Number.isSafeInteger(value), 'json.number', 'not a whole number');
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) checkValues(inner, depth + 1);
  }
}

/** The fields of an object that has exactly these keys, in this order. Throws `json.shape`. */
export function readFields<Key extends string>(
  value: unknown,
  keys: readonly Key[],
): Readonly<Record<Key, unknown>> {
  must(
    typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).join() === keys.join(),
    'json.shape',
    `not an object of exactly ${keys.join()}`,
  );
  return value as Record<Key, unknown>;
}

/** A list of at most `count_max` items, each read by `read`. Throws `json.shape`. */
export function readList<Item>(
  value: unknown,
  count_max: number,
  read: (item: unknown) => Item,
): Item[] {
  must(Array.isArray(value), 'json.shape', 'not a list');
  must(value.length <= count_max, 'json.shape', `more than ${String(count_max)} items`);
  return value.map((item) => read(item));
}

/** Base64url of exactly `length_bytes` bytes, as text. Throws `json.value`. */
export function readBytes(value: unknown, length_bytes: number): string {
  must(typeof value === 'string', 'json.value', 'not base64url');
  // Measured before it is decoded, which takes time as the text has length.
  must(value.length === Math.ceil((length_bytes * 4) / 3), 'json.value', 'not that many bytes');
  must(fromBase64url(value)?.length === length_bytes, 'json.value', 'not base64url');
  return value;
}

/** A whole number of at least `least` and at most 2^53 - 1. Throws `json.value`. */
export function readWhole(value: unknown, least: number): number {
  must(
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least,
    'json.value',
    `not a whole number from ${String(least)}`,
  );
  return value;
}

/** A text of at most `length_max` UTF-16 units. Throws `json.value`. */
export function readText(value: unknown, length_max: number): string {
  must(
    typeof value === 'string' && value.length <= length_max,
    'json.value',
    `not a text of at most ${String(length_max)}`,
  );
  return value;
}

/** Bytes of a text that was read by `readBytes`. */
export function bytesOf(text: string): Bytes {
  const bytes = fromBase64url(text);
  must(bytes !== null, 'json.value', 'not base64url');
  return bytes;
}
