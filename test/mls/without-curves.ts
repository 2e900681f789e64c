/**
 * A meeting in a process whose WebCrypto knows neither Ed25519 nor X25519, as in browsers before
 * Chrome 137: `node test/mls/without-curves.ts`. Prints what the keys were made by.
 */
import { hasEd25519, openLeafKey } from '#src/protocol/encryption/ed25519.ts';
import { makePlace, openMeeting, random } from './meeting.ts';

const curves = ['Ed25519', 'X25519'];
const { prototype } = crypto.subtle.constructor;
for (const name of Object.getOwnPropertyNames(prototype)) {
  const original: unknown = Reflect.get(crypto.subtle, name);
  if (name === 'constructor' || typeof original !== 'function') continue;
  Object.defineProperty(crypto.subtle, name, {
    value: async (...given: unknown[]): Promise<unknown> => {
      const named = given.map((part) => (part as { name?: unknown } | null)?.name ?? part);
      if (named.some((part) => curves.includes(String(part)))) {
        throw new DOMException('No such algorithm.', 'NotSupportedError');
      }
      return Reflect.apply(original, crypto.subtle, given) as unknown;
    },
  });
}

const root = await openLeafKey({ kind: 'soft', seed: random(32) });
const meeting = await openMeeting('ada', { place: await makePlace(root) });
await meeting.add('ada', ['bob', 'cyd']);
await meeting.commit('bob', {});
await meeting.remove('cyd', ['ada']);
await meeting.comeBack('bob');
await meeting.agree();
const kinds = Array.from(meeting.members.values(), ({ key }) => key.stored.kind);
process.stdout.write(`${String(await hasEd25519())} ${kinds.join(' ')}\n`);
