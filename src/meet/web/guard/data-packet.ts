/**
 * Reads the one kind of LiveKit data packet that may leave: `DataPacket` with a `UserPacket` in it
 * (livekit_models.proto of LiveKit's protocol, protobuf encoding). Its names are ids of leaves; a
 * topic would be words in clear, so one with a topic is none.
 */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';

/** Field numbers of DataPacket: kind, user, and whose it is and for whom. */
const packet = { user: 2, plain: new Set([1, 4, 5, 16, 17]) };
/** Of UserPacket: payload, and names of its sender and of those it is for. */
const user = { payload: 2, plain: new Set([1, 3, 5, 6]) };

const varint = 0;
const delimited = 2;
/** An identity or a LiveKit participant id. */
const name_bytes_max = 64;

interface Field {
  readonly number: number;
  readonly bytes: Bytes | null;
}

/** The payload, or null for any other packet, for a malformed one, and for two in one. */
export function readUserPayload(bytes: Bytes): Bytes | null {
  const inner = readOnly(bytes, packet.user, packet.plain);
  return inner && readOnly(inner, user.payload, user.plain);
}

/** The one field of that number, where all others are harmless. */
function readOnly(bytes: Bytes, number: number, plain: ReadonlySet<number>): Bytes | null {
  let found: Bytes | null = null;
  const fields = readFields(bytes);
  for (const field of fields ?? []) {
    if (field.number === number) {
      if (found !== null || field.bytes === null) return null;
      found = field.bytes;
    } else if (!plain.has(field.number) || (field.bytes?.length ?? 0) > name_bytes_max) {
      return null;
    }
  }
  return fields && found;
}

function readFields(bytes: Bytes): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  /** Of up to five bytes, which is more than any number here needs; else NaN. */
  const readVarint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++] ?? Number.NaN;
      value += (byte & 0x7f) * 2 ** shift;
      if (Number.isNaN(byte) || byte < 0x80) return Number.isNaN(byte) ? byte : value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = readVarint();
    const value = readVarint();
    if (Number.isNaN(tag) || Number.isNaN(value)) return null;
    const number = Math.floor(tag / 8);
    if (tag % 8 === varint) {
      fields.push({ number, bytes: null });
    } else if (tag % 8 === delimited && at + value <= bytes.length) {
      fields.push({ number, bytes: bytes.subarray(at, at + value) });
      at += value;
    } else {
      return null;
    }
  }
  return fields;
}
