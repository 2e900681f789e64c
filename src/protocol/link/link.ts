import { fromBase64url, toBase64url } from './base64url.ts';
import type { Bytes } from './base64url.ts';

/**
 * The meeting link (encryption design, section 2):
 * `https://<host>/m/<room>#<version>.<B64(secret)>.<B64(fingerprint)>`.
 * All that guards the meeting stands in the fragment, which browsers do not send.
 */
export interface Link {
  /** 26 characters, given by the server. */
  readonly room: string;
  /** Version of the secret, from 1. */
  readonly version: number;
  /** 32 random bytes. */
  readonly secret: Bytes;
  /** 16 bytes that name the meeting's root key (root.ts). */
  readonly fingerprint: Bytes;
}

/**
 * Why a text is not a whole link:
 * - `absent`: a meeting's address without the part that guards it;
 * - `malformed`: that part is there, but cut off or changed;
 * - `foreign`: a whole link, to another server;
 * - `none`: no meeting link at all.
 */
export type LinkFault = 'absent' | 'malformed' | 'foreign' | 'none';

export type Parsed =
  | { readonly link: Link; readonly fault: null }
  | { readonly link: null; readonly fault: LinkFault };

const version_max = 1_000_000;

/** The path and fragment of a link; put the origin before it for a whole one. */
export function formatLink(link: Link): string {
  const { room, version, secret, fingerprint } = link;
  return `/m/${room}#${version}.${toBase64url(secret)}.${toBase64url(fingerprint)}`;
}

/** The parts of a fragment, with or without its `#`. */
export function parseFragment(room: string, fragment: string): Parsed {
  const parts = fragment.replace(/^#/, '').split('.');
  if (parts.length === 1 && parts[0] === '') return { link: null, fault: 'absent' };
  const [version = '', secret_text = '', fingerprint_text = ''] = parts;
  const secret = fromBase64url(secret_text);
  const fingerprint = fromBase64url(fingerprint_text);
  if (
    parts.length !== 3 ||
    !/^[1-9]\d{0,6}$/.test(version) ||
    Number(version) > version_max ||
    secret?.length !== 32 ||
    fingerprint?.length !== 16
  ) {
    return { link: null, fault: 'malformed' };
  }
  return { link: { room, version: Number(version), secret, fingerprint }, fault: null };
}
