/**
 * MLS bytes to values and back. `ts-mls` reads past versions, trailing bytes and second spellings;
 * here what is read must be exactly what would be written, and no larger than its kind can be.
 */
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls';
import type { GroupInfo, KeyPackage, LeafNode, MLSMessage, RatchetTree } from 'ts-mls';
import { decodeOptional } from 'ts-mls/codec/optional.js';
import { decodeVarLenData } from 'ts-mls/codec/variableLength.js';
import { decodeGroupInfo, encodeGroupInfo } from 'ts-mls/groupInfo.js';
import { encodeLeafNode } from 'ts-mls/leafNode.js';
import { decodeNode, encodeRatchetTree, extendRatchetTree } from 'ts-mls/ratchetTree.js';
import { equal, own } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { Refusal, must } from '../encryption/refusal.ts';
import type { RefusalCode } from '../encryption/refusal.ts';

export const leaves_max = 500;

/** By kind of message, bytes. What a full meeting makes is about half of each. */
export const message_bytes_max = {
  mls_private_message: 196_608,
  mls_public_message: 98_304,
  mls_welcome: 16_384,
  mls_key_package: 2048,
  mls_group_info: 32_768,
} as const;
const tree_bytes_max = 262_144;
/** Of 512 leaves, the next power of two. */
const nodes_max = 1023;
const decodeNodeOrBlank = decodeOptional(decodeNode);

type Wireformat = keyof typeof message_bytes_max;
type MessageOf<Kind extends Wireformat> = Extract<MLSMessage, { wireformat: Kind }>;

/** Wire formats of RFC 9420 section 6, as they stand in bytes 3 and 4 of a message. */
const wireformats: Readonly<Record<number, Wireformat>> = {
  1: 'mls_public_message',
  2: 'mls_private_message',
  3: 'mls_welcome',
  4: 'mls_group_info',
  5: 'mls_key_package',
};

/** A message of one of these kinds. Throws `mls.size`, `mls.malformed`, `mls.kind`. */
export function decodeMessage<Kind extends Wireformat>(
  bytes: Bytes,
  kinds: readonly Kind[],
): MessageOf<Kind> {
  must(bytes.length > 4, 'mls.malformed', 'shorter than any message');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  must(view.getUint16(0) === 1, 'mls.malformed', 'not MLS 1.0');
  const kind = wireformats[view.getUint16(2)];
  must(kind !== undefined && kinds.some((known) => known === kind), 'mls.kind', 'not of this kind');
  must(bytes.length <= message_bytes_max[kind], 'mls.size', 'larger than its kind may be');
  const message = decodeWhole(bytes, decodeMlsMessage, encodeMlsMessage);
  return message as MessageOf<Kind>;
}

export function encodeMessage(message: MLSMessage): Bytes {
  return own(encodeMlsMessage(message));
}

export function encodeKeyPackage(keyPackage: KeyPackage): Bytes {
  return encodeMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage });
}

/** Throws `mls.size`, `mls.malformed`. */
export function decodeInfo(bytes: Bytes): GroupInfo {
  must(bytes.length <= message_bytes_max.mls_group_info, 'mls.size', 'a GroupInfo too large');
  return decodeWhole(bytes, decodeGroupInfo, encodeGroupInfo);
}

export function encodeInfo(info: GroupInfo): Bytes {
  return own(encodeGroupInfo(info));
}

/** Throws `mls.size`, `mls.malformed`. */
export function decodeTree(bytes: Bytes): RatchetTree {
  must(bytes.length <= tree_bytes_max, 'mls.size', 'a tree too large');
  return decodeWhole(bytes, decodeBoundedTree, encodeRatchetTree);
}

export function encodeTree(tree: RatchetTree): Bytes {
  return own(encodeRatchetTree(tree));
}

export function encodeLeaf(leaf: LeafNode): Bytes {
  return own(encodeLeafNode(leaf));
}

/** `decodeRatchetTree`, but for its bound: it would first read half a million blanks. */
function decodeBoundedTree(bytes: Bytes, offset: number): [RatchetTree, number] | undefined {
  const [body, length] = decodeVarLenData(bytes, offset) ?? [bytes, 0];
  const nodes: RatchetTree = [];
  for (let at = 0; at < body.length;) {
    must(nodes.length < nodes_max, 'mls.size', 'a tree of more nodes than a meeting may have');
    const decoded = decodeNodeOrBlank(body, at);
    if (!decoded) return undefined;
    nodes.push(decoded[0]);
    at += decoded[1];
  }
  return [extendRatchetTree(nodes), length];
}

function decodeWhole<Value>(
  bytes: Bytes,
  decode: (bytes: Bytes, offset: number) => [Value, number] | undefined,
  encode: (value: Value) => Uint8Array,
): Value {
  const decoded = guard('mls.malformed', 'cannot be read', () => decode(bytes, 0));
  must(decoded?.[1] === bytes.length, 'mls.malformed', 'bytes too few or too many');
  const [value] = decoded;
  const again = guard('mls.malformed', 'cannot be written again', () => encode(value));
  must(equal(again, bytes), 'mls.malformed', 'a second spelling of the same value');
  return value;
}

/** Runs what throws errors of `ts-mls`; they become refusals, and refusals stay. */
export function guard<Value>(code: RefusalCode, message: string, act: () => Value): Value {
  try {
    return act();
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal(code, message, { cause });
  }
}

/** `guard` for what is awaited. */
export async function guarded<Value>(
  code: RefusalCode,
  message: string,
  act: () => Promise<Value>,
): Promise<Value> {
  try {
    return await act();
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal(code, message, { cause });
  }
}
