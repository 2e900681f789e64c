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
  /** By key: names that hosts gave to whoever does not say them of themselves. */
  readonly given = new Map<string, string>();
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
        if (this.given.get(profile.key) === profile.name) this.given.delete(profile.key);
        news = true;
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
      }
    }
    return news;
  }

  /** Forgets everybody but `keys`, so that strangers' profiles do not pile up. */
  keep(keys: ReadonlySet<string>): void {
    for (const map of [this.#known, this.given])
      for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
  }

  /** A host says how somebody is to be called. */
  give(key: string, name: string): void {
    if (this.#known.get(key)?.profile.name !== name) this.given.set(key, name);
    else this.given.delete(key);
  }

  nameOf(key: string): string | null {
    return this.given.get(key) ?? this.#known.get(key)?.profile.name ?? null;
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
