/** How a person without a picture is shown. */

/** A hue (0–359) made from the identity, so that a colour means a person, and not a name. */
export function hueOf(identity: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < identity.length; index += 1) {
    hash = Math.imul(hash ^ identity.charCodeAt(index), 0x01000193);
  }
  // Identities that differ in one letter should not look alike: the last bits are spread out.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 360;
}

const letters = /[\p{L}\p{N}]/u;

/** One or two initials; '?' where a name has no letter. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => letters.test(word));
  const first = (word: string | undefined): string => {
    const letter = Array.from(word ?? '').find((character) => letters.test(character));
    return letter?.toLocaleUpperCase() ?? '';
  };
  const initials = first(words[0]) + (words.length > 1 ? first(words.at(-1)) : '');
  return initials === '' ? '?' : initials;
}

/**
 * A name as it may be shown: controls and direction overrides are taken out, so that no name can
 * turn the text around it, and its length is bounded.
 */
export function cleanName(name: string): string {
  const plain = name
    .replaceAll(/[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu, '')
    .trim();
  return Array.from(plain).slice(0, 120).join('');
}
