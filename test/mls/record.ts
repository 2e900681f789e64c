/**
 * Records what one newcomer sees of a meeting, enough for another implementation to follow it:
 * `node test/mls/record.ts > src/protocol/mls/session.json`.
 */
import { admit } from '#src/protocol/encryption/admit.ts';
import { utf8 } from '#src/protocol/encryption/bytes.ts';
import { openLeafKey } from '#src/protocol/encryption/ed25519.ts';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { sendApp } from '#src/protocol/mls/app.ts';
import type { Pending } from '#src/protocol/mls/commit.ts';
import { linkSecret, mediaKey, verifyCode } from '#src/protocol/mls/group.ts';
import { checkKnock, knock } from '#src/protocol/mls/knock.ts';
import { receive } from '#src/protocol/mls/receive.ts';
import { appointIn, basePolicy, makeLeaf, openMeeting, random } from './meeting.ts';

const meeting = await openMeeting('ada', {
  policy: async (place, first) => ({
    ...basePolicy(place),
    gate: 'lobby',
    hosts: [await appointIn(place, place.root, first)],
  }),
});
const { link } = meeting.place;

/** What every member derives in the epoch that the meeting is in now. */
async function derived() {
  const group = meeting.of('dan');
  return {
    epoch: Number(group.epoch),
    verify_code: await verifyCode(group),
    media_key_of_leaf_0: toBase64url(await mediaKey(group, 0)),
    link_version: group.policy.link,
    link_secret: toBase64url(linkSecret(group)),
  };
}

const steps: unknown[] = [];

async function step(what: string, act: () => Promise<Pending>): Promise<void> {
  const { message } = await act();
  steps.push({ what, message: toBase64url(message), after: await derived() });
}

async function recordJoin() {
  await meeting.add('ada', ['bob', 'cyd']);
  await meeting.commit('bob', {});
  const seed = random(32);
  const leaf = await makeLeaf(await openLeafKey({ kind: 'soft', seed }));
  const { initPrivateKey, hpkePrivateKey } = leaf.packed.privatePackage;
  const newcomer = {
    signature_seed: toBase64url(seed),
    init_private: toBase64url(initPrivateKey),
    leaf_private: toBase64url(hpkePrivateKey),
    key_package: toBase64url(leaf.key_package),
    reference: toBase64url(leaf.reference),
  };
  const { key, id, epoch } = meeting.of('ada');
  const consent = await admit(key, leaf.key.public_key, id, epoch);
  const asked = await knock(leaf, link, { name: 'Dan', note: 'Third floor' }, consent);
  const now_ms = Date.now();
  const knocker = await checkKnock(meeting.of('bob'), asked, now_ms);
  const intent = { add: [knocker], consents: { admits: [consent], leaves: [] } };
  const { info, welcomes } = await meeting.commit('bob', intent, new Map([['dan', leaf]]));
  const [part] = welcomes;
  return {
    link: {
      room: link.room,
      version: link.version,
      secret: toBase64url(link.secret),
      fingerprint: toBase64url(link.fingerprint),
    },
    group: toBase64url(id),
    now_ms,
    newcomer,
    knock: {
      sealed_name: toBase64url(asked.sealed_name),
      mac: toBase64url(asked.mac),
      admit: consent,
    },
    welcome: toBase64url(part?.welcome ?? new Uint8Array()),
    info: toBase64url(info),
    after: await derived(),
  };
}

const join = await recordJoin();
const sent = await sendApp(meeting.of('cyd'), utf8('Hello, Dan.'));
meeting.members.set('cyd', sent.group);
for (const name of ['ada', 'bob', 'dan']) {
  const received = await receive(meeting.of(name), sent.message);
  if (received.kind === 'app') meeting.members.set(name, received.group);
}
steps.push({ what: 'message', message: toBase64url(sent.message), body: 'Hello, Dan.' });
await step('empty commit', () => meeting.commit('cyd', {}));
await step('return', () => meeting.comeBack('cyd'));
const { policy } = meeting.of('ada');
await step('remove and change the link', () =>
  meeting.remove('ada', ['bob'], { policy: { ...policy, link: 2 } }),
);
await step('open the gate', () =>
  meeting.commit('ada', { policy: { ...meeting.of('ada').policy, gate: 'open' } }),
);
process.stdout.write(`${JSON.stringify({ join, steps }, null, 2)}\n`);
