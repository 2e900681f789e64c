import { fromBase64url, toBase64url } from './base64url.ts';
import type { Bytes } from './base64url.ts';

/**
 * The meeting link (encryption design, section 2):
 * `https://<host>/m/<room>#<version>.<B64(secret)>.<B64(fingerprint)>[.l]`; a host link has
 * `.h<B64(seed of the root key)>` after it. All that guards the meeting stands in the fragment, which
 * browsers do not send.
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
  /** `.l`: only a holder of the root key begins the meeting, and joiners want to find a host. */
  readonly hosted?: boolean;
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
  | {
      readonly link: Link;
      /** Of a host link: 32 bytes, from which the root key comes. */
      readonly seed?: Bytes;
      readonly fault: null;
    }
  | { readonly link: null; readonly fault: LinkFault };

const version_max = 1_000_000;

/** The path and fragment of a link; put the origin before it for a whole one. */
export function formatLink(link: Link): string {
  const { room, version, secret, fingerprint, hosted } = link;
  const end = hosted ? '.l' : '';
  return `/m/${room}#${version}.${toBase64url(secret)}.${toBase64url(fingerprint)}${end}`;
}

/**
 * The link that makes its holder a host: for one's own other devices.
 * @param seed of the root key, 32 bytes.
 */
export function formatHostLink(link: Link, seed: Bytes): string {
  return `${formatLink(link)}.h${toBase64url(seed)}`;
}

/** The parts of a fragment, with or without its `#`. */
export function parseFragment(room: string, fragment: string): Parsed {
  const parts = fragment.replace(/^#/, '').split('.');
  if (parts.length === 1 && parts[0] === '') return { link: null, fault: 'absent' };
  const [version = '', secret_text = '', fingerprint_text = '', ...marks] = parts;
  const hosted = marks[0] === 'l';
  const [seed_text, ...rest] = hosted ? marks.slice(1) : marks;
  const seed = seed_text?.startsWith('h') ? fromBase64url(seed_text.slice(1)) : null;
  const secret = fromBase64url(secret_text);
  const fingerprint = fromBase64url(fingerprint_text);
  if (
    rest.length > 0 ||
    (seed_text !== undefined && seed?.length !== 32) ||
    !/^[1-9]\d{0,6}$/.test(version) ||
    Number(version) > version_max ||
    secret?.length !== 32 ||
    fingerprint?.length !== 16
  ) {
    return { link: null, fault: 'malformed' };
  }
  const guarded = { room, version: Number(version), secret, fingerprint };
  const link: Link = hosted ? { ...guarded, hosted } : guarded;
  return seed ? { link, seed, fault: null } : { link, fault: null };
}
