/** What members said of themselves, names and what they can show, each signed by its key for this group. */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { LeafKey } from '../../../protocol/encryption/ed25519.ts';
import { openProfile, signProfile } from '../../../protocol/encryption/profile.ts';
import type { ExtraCodec, Profile, SignedProfile } from '../../../protocol/encryption/profile.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';

interface Known {
  readonly profile: Profile;
  readonly signed: SignedProfile;
}

export class People {
  readonly #known = new Map<string, Known>();

  /**
   * One's own profile. Its rev is the time it was made, which rises across reloads without being
   * stored.
   */
  async introduce(
    key: LeafKey,
    group: Bytes,
    said: Pick<Profile, 'name' | 'codecs'>,
    now_ms: number,
  ): Promise<SignedProfile> {
    const signed = await signProfile(key, group, { ...said, rev: now_ms });
    await this.take([signed], group);
    return signed;
  }

  /**
   * Notes the profiles that hold; the later of two of one key counts. Whoever carries them cannot
   * change them. Returns whether anything is new.
   */
  async take(list: readonly SignedProfile[], group: Bytes): Promise<boolean> {
    let news = false;
    for (const signed of list) {
      try {
        const profile = await openProfile(signed, group);
        const known = this.#known.get(profile.key);
        if (known && known.profile.rev >= profile.rev) continue;
        this.#known.set(profile.key, { profile, signed });
        news = true;
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
      }
    }
    return news;
  }

  /** Forgets everybody but `keys`, so that strangers' profiles do not pile up. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
  }

  nameOf(key: string): string | null {
    return this.#known.get(key)?.profile.name ?? null;
  }

  /** Whether all of `keys` can show that, as far as they have said what they can. */
  canAll(keys: readonly string[], codec: ExtraCodec): boolean {
    return keys.every((key) => this.#known.get(key)?.profile.codecs.includes(codec) ?? true);
  }

  /** To be carried to newcomers. */
  all(): SignedProfile[] {
    return Array.from(this.#known.values(), ({ signed }) => signed);
  }
}
