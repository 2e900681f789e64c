/** A member's name and what it can show, signed by its leaf (encryption design, section 3.4). */
import { toBase64url } from '../link/base64url.ts';
import { concat } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { verify } from './ed25519.ts';
import type { Signer } from './ed25519.ts';
import { bytesOf, decodeJson, encodeJson, readBytes } from './json.ts';
import { readFields, readList, readText, readWhole } from './json.ts';
import { Refusal, must } from './refusal.ts';

export const extra_codecs = ['vp9'] as const;
export type ExtraCodec = (typeof extra_codecs)[number];

export interface Profile {
  /** Whose it is: its signature key, base64url. Others carry it to newcomers. */
  readonly key: string;
  /** Rises with each change; the highest counts. */
  readonly rev: number;
  readonly name: string;
  /** What its browser decodes besides Opus and VP8, which all do. */
  readonly codecs: readonly ExtraCodec[];
}

export interface SignedProfile {
  readonly json: Bytes;
  /** 64 bytes. */
  readonly proof: Bytes;
}

export const name_length_max = 120;
const profile_bytes_max = 1024;
const label = 'conclave/profile/v1';

/** One's own profile for a group. Throws `json.*`, `profile.name`. */
export async function signProfile(
  signer: Signer,
  group: Bytes,
  said: Omit<Profile, 'key'>,
): Promise<SignedProfile> {
  const { rev, name, codecs } = said;
  const profile: Profile = { key: toBase64url(signer.public_key), rev, name, codecs };
  const json = encodeJson(profile, profile_bytes_max);
  readProfile(json);
  return { json, proof: await signer.sign(label, concat(group, json)) };
}

/** The profile, if its own key signed it for this group. Throws `json.*`, `profile.*`. */
export async function openProfile(signed: SignedProfile, group: Bytes): Promise<Profile> {
  const profile = readProfile(signed.json);
  const message = concat(group, signed.json);
  const valid = await verify(bytesOf(profile.key), label, message, signed.proof);
  must(valid, 'profile.proof', 'a profile that its key did not sign');
  return profile;
}

/** Of two profiles of one key the one that counts: the later, the known one where they are even. */
export function newerProfile(known: Profile | undefined, seen: Profile): Profile {
  return known !== undefined && known.rev >= seen.rev ? known : seen;
}

function readProfile(json: Bytes): Profile {
  const fields = readFields(decodeJson(json, profile_bytes_max), ['key', 'rev', 'name', 'codecs']);
  const name = readText(fields.name, name_length_max);
  must(name.trim() !== '', 'profile.name', 'a profile without a name');
  const codecs = readList(fields.codecs, extra_codecs.length, readCodec);
  return { key: readBytes(fields.key, 32), rev: readWhole(fields.rev, 0), name, codecs };
}

function readCodec(value: unknown): ExtraCodec {
  const codec = extra_codecs.find((known) => known === value);
  if (codec === undefined) throw new Refusal('json.value', `not one of ${extra_codecs.join()}`);
  return codec;
}
