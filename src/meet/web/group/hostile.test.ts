/** A server that wants more than to relay: it reorders, repeats, holds back, lies. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { createCommit } from 'ts-mls';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { agree, Browser, closeBrowsers, type Given } from '#test/group/browser.ts';
import { elapse } from '#test/until.ts';
import { basePolicy } from '#test/mls/meeting.ts';
import type { EventFrame } from '../../../app/contract.ts';
import { fromBase64url, toBase64url } from '../../../protocol/link/base64url.ts';
import type { Link } from '../../../protocol/link/link.ts';
import { openRoot } from '../../../protocol/link/root.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { generateLeafKey } from '../../../protocol/encryption/ed25519.ts';
import { create, newGroupId } from '../../../protocol/mls/create.ts';
import { linkPsks, sealGroupInfo } from '../../../protocol/mls/group.ts';
import { newLeaf } from '../../../protocol/mls/leaf.ts';
import { decodeMessage, encodeMessage } from '../../../protocol/mls/wire.ts';
import type { Entry } from './delivery.ts';
import { void_ms } from './following.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

async function meet(names: string[], more: Partial<Given> = {}): Promise<Browser[]> {
  const { link } = await delivery.makeMeeting();
  const browsers: Browser[] = [];
  for (const name of names) {
    const browser = await Browser.open({ origin: delivery.origin, meeting: link, name, ...more });
    await browser.untilIn();
    browsers.push(browser);
  }
  await agree(...browsers);
  return browsers;
}

function come(to: Browser, given: Partial<Given> = {}): Promise<Browser> {
  const meeting = { ...to.start.link, room: to.start.room };
  return Browser.open({ origin: delivery.origin, meeting, name: 'Zoe', ...given });
}

test('events out of order, twice and not at all lead to the same group', async () => {
  const browsers = await meet(['Ada', 'Ben', 'Cy']);
  const [ada, ben, cy] = browsers as [Browser, Browser, Browser];
  let held: EventFrame[] = [];
  let seen = 0;
  ben.bend = {
    event: (frame, pass) => {
      seen += 1;
      if (seen % 5 === 0) return;
      held.push(frame);
      if (held.length < 3) return;
      for (const each of [...held.toReversed(), ...held]) pass(each);
      held = [];
    },
  };
  for (const name of ['Dee', 'Eve']) await (await come(ada, { name })).untilIn();
  for (let at = 0; at < 20; at += 1) {
    const from = [ada, cy][at % 2] ?? ada;
    await from.member.send({ kind: 'chat', id: '1', text: `No. ${String(at)}`, re: null });
  }
  ben.bend = {};
  await ada.member.send({ kind: 'chat', id: '1', text: 'The end', re: null });
  await ben.until('told all', () => ben.said.length === 21);
  const texts = ben.said.map(({ saying }) => saying.kind === 'chat' && saying.text);
  assert.deepEqual(texts, [
    ...Array.from({ length: 20 }, (_, at) => `No. ${String(at)}`),
    'The end',
  ]);
  await ben.untilCount(5);
  assert.deepEqual([ben.view.code, ben.view.fault], [ada.view.code, null]);
});

test('an older info than the one remembered is refused, and the group goes on', async () => {
  const [ada, ben] = (await meet(['Ada', 'Ben'])) as [Browser, Browser];
  const { group = '', epoch = 0n } = ben.memory ?? {};
  // The server keeps what it was given.
  let old: object | undefined;
  ada.bend = ben.bend = {
    call: (name, input, go) => {
      if (name === 'commit') old ??= input;
      return go();
    },
  };
  const zoe = await come(ada);
  await agree(ada, ben, zoe);
  assert.ok(old);
  const { info } = old as { info: string };
  ben.vanish();
  const memory = { group, epoch: epoch + 5n };
  const back = await come(ada, {
    key: ben.start.key,
    name: 'Ben',
    memory,
    bend: {
      call: async (name, _, go) =>
        name === 'info' ? { epoch: Number(epoch) + 1, seq: 9, info } : go(),
    },
  });
  await back.until('refused', () => back.view.phase === 'refused');
  assert.equal(back.view.fault, 'resync.old');
  assert.equal(back.media, undefined);
  await ada.member.send({ kind: 'hand', at: 1_790_000_000_000 });
  assert.equal(ada.view.phase, 'in');
});

/** What a server offers that made a group of its own: with the link's PSK only if it has it. */
async function offerOwn(kp: string, link: Link, seed: Bytes): Promise<object> {
  const root = await openRoot(seed);
  const id = newGroupId();
  const place = { link, root, group: id, created: Date.now() };
  const leaf = await newLeaf(await generateLeafKey(), Date.now());
  const group = await create(leaf, link, id, basePolicy(place));
  const bytes = fromBase64url(kp);
  assert.ok(bytes);
  const { keyPackage } = decodeMessage(bytes, ['mls_key_package']);
  const made = await createCommit(
    { state: { ...group.state }, cipherSuite: group.suite, pskIndex: await linkPsks(group) },
    { extraProposals: [{ proposalType: 'add', add: { keyPackage } }] },
  );
  assert.ok(made.welcome);
  const next = { ...group, epoch: 1n, state: made.newState };
  const welcome = { version: 'mls10', wireformat: 'mls_welcome', welcome: made.welcome } as const;
  return {
    group: toBase64url(id),
    epoch: 1,
    seq: 1,
    welcome: toBase64url(encodeMessage(welcome)),
    info: toBase64url(await sealGroupInfo(next)),
  };
}

test('a group of the server itself is refused, with the link or without', async () => {
  const { link, seed } = await delivery.makeMeeting();
  const ada = await Browser.open({ origin: delivery.origin, meeting: link });
  await ada.untilIn();
  const guessed = { ...link, secret: crypto.getRandomValues(new Uint8Array(32)) };
  for (const [known, fault] of [
    [guessed, 'seal.open'],
    [link, 'join.psk'],
  ] as const) {
    let offer: Promise<object> | undefined;
    const zoe = await come(ada, {
      bend: {
        call: async (name, input, go) => {
          if (name === 'knock') offer = offerOwn((input as { kp: string }).kp, known, seed);
          const answer = await go();
          return name === 'welcome' ? offer : answer;
        },
      },
    });
    await zoe.until('refused', () => zoe.view.phase === 'refused');
    assert.equal(zoe.view.fault, fault);
    assert.deepEqual([zoe.media, zoe.view.people], [undefined, []]);
  }
});

test("a root that is not the link's is refused before anything is shown to it", async () => {
  const { link } = await delivery.makeMeeting();
  const other = crypto.getRandomValues(new Uint8Array(32));
  const ada = await Browser.open({
    origin: delivery.origin,
    meeting: link,
    bend: {
      call: async (name, _, go) => {
        const answer = (await go()) as object;
        return name === 'hello' ? { ...answer, root: toBase64url(other) } : answer;
      },
    },
  });
  await ada.until('refused', () => ada.view.phase === 'refused');
  assert.equal(ada.view.fault, 'join.root');
});

test('a commit nobody made stops the one it is shown to, who follows nothing after it', async () => {
  const [ada, ben] = (await meet(['Ada', 'Ben'])) as [Browser, Browser];
  await ada.member.send({ kind: 'chat', id: '1', text: 'As it is', re: null });
  await ben.until('told', () => ben.said.length === 1);
  const { epoch, code } = ben.view;
  ben.bend = {
    event: (frame, pass) => {
      const entry = frame.data as Entry;
      const forged = { ...entry, kind: 'commit', epoch: Number(epoch) } as const;
      pass(frame.event === 'keys.appended' ? { ...frame, data: forged } : frame);
    },
  };
  await ada.member.send({ kind: 'chat', id: '1', text: 'As a commit', re: null });
  await ben.until('out of sync', () => ben.view.phase === 'out-of-sync');
  assert.deepEqual([ben.view.epoch, ben.view.code], [epoch, code]);
  assert.notEqual(ben.view.fault, null);
  assert.equal(ben.said.length, 1);
});

test('a void that comes late takes nothing back', async () => {
  const [ada, ben] = (await meet(['Ada', 'Ben'])) as [Browser, Browser];
  const cy = await come(ada, { name: 'Cy' });
  await agree(ada, ben, cy);
  await cy.member.leave();
  await agree(ada, ben);
  const { epoch, code } = ben.view;
  // Longer than a commit can be voided: for so long the state before it is kept.
  await elapse(void_ms + 500);
  ben.bend = {
    event: (frame, pass) => {
      const { seq } = frame.data as Entry;
      const kind = 'void';
      const entry = { seq, kind, epoch: Number(epoch) - 1, msg: '', of: seq - 1 };
      pass(frame.event === 'keys.appended' ? { ...frame, data: entry } : frame);
    },
  };
  await ada.member.send({ kind: 'hand', at: 1_790_000_000_000 });
  await ben.until('out of sync', () => ben.view.phase === 'out-of-sync');
  assert.deepEqual([ben.view.epoch, ben.view.code], [epoch, code]);
  assert.ok(!ben.events.some(({ kind }) => kind === 'dropped'));
});

/** A text of JSON, with everything in it that is base64url also as what it stands for. */
function clearOf(text: string): string {
  const parts = [text];
  for (const [word] of text.matchAll(/[\w-]{8,}/g)) {
    const bytes = fromBase64url(word);
    if (bytes) parts.push(new TextDecoder('latin1').decode(bytes));
  }
  return parts.join('\n');
}

test('nothing a person wrote and no secret of the link is in what the server is sent', async () => {
  const canaries = ['Canary-Ada', 'Canary-Ben', 'Canary text', 'Canary id', 'Canary-Cecilia'];
  const [ada, ben] = (await meet(['Canary-Ada'])) as [Browser, Browser | undefined];
  assert.equal(ben, undefined);
  const other = await come(ada, { name: 'Canary-Ben' });
  await agree(ada, other);
  await ada.member.send({ kind: 'chat', id: 'Canary id', text: 'Canary text', re: null });
  await other.member.send({ kind: 'profile', name: 'Canary-Cecilia' });
  await ada.untilNamed('Canary-Ada', 'Canary-Cecilia');
  await other.member.leave();
  await ada.untilCount(1);
  const secret = new TextDecoder('latin1').decode(ada.start.link.secret);
  const sent = [...ada.sent, ...other.sent];
  assert.ok(sent.length > 20);
  for (const text of sent) {
    const clear = clearOf(text);
    for (const canary of [...canaries, secret, toBase64url(ada.start.link.secret)])
      assert.ok(!clear.includes(canary), 'a canary was sent in clear');
  }
  // The search finds what is there.
  assert.ok(clearOf(JSON.stringify({ a: toBase64url(ada.start.link.secret) })).includes(secret));
});
