import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createApplicationMessage, createProposal } from 'ts-mls';
import { openMeeting, refuses } from '#test/mls/meeting.ts';
import { admit } from '../encryption/admit.ts';
import { utf8 } from '../encryption/bytes.ts';
import { encodeConsents } from '../encryption/consents.ts';
import { body_bytes_max, openDirect, sealDirect, sendApp } from './app.ts';
import { commit, settle } from './commit.ts';
import { mediaKey, retire, verifyCode } from './group.ts';
import { receive } from './receive.ts';
import { encodeMessage } from './wire.ts';

suite('messages of members', () => {
  test('say who sent them, once, in order', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    let [ada, bob] = [meeting.of('ada'), meeting.of('bob')];
    const messages = [];
    for (let at = 0; at < 5; at += 1) {
      const sent = await sendApp(ada, utf8(`message ${String(at)}`));
      ada = sent.group;
      messages.push(sent.message);
    }
    for (const [at, message] of messages.entries()) {
      const received = await receive(bob, message);
      assert.ok(received.kind === 'app');
      assert.equal(new TextDecoder().decode(received.body), `message ${String(at)}`);
      assert.equal(received.by.leaf, ada.leaf);
      bob = received.group;
    }
    for (const message of messages) await refuses(() => receive(bob, message), 'mls.crypto');
    const [own] = messages;
    assert.ok(own);
    await refuses(() => receive(ada, own), 'mls.own');
  });

  test('a state that has sent does not send again, nor one that is over', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const ada = meeting.of('ada');
    await sendApp(ada, utf8('once'));
    await assert.rejects(sendApp(ada, utf8('twice')), /over/);
    const bob = meeting.of('bob');
    const pending = await commit(bob, {});
    const lost = await commit(bob, {});
    assert.equal(settle(lost, false), bob);
    await assert.rejects(verifyCode(lost.next), /over/);
    const next = settle(pending, true);
    assert.ok(next);
    retire(bob, next);
    await assert.rejects(sendApp(bob, utf8('late')), /over/);
    assert.ok(
      Object.values<Uint8Array>({ ...bob.state.keySchedule }).every((s) => s.every((b) => b === 0)),
    );
    await verifyCode(next);
    await sendApp(next, utf8('on'));
  });

  test('of any size up to the limit; proposals that stand alone are none', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const body = new Uint8Array(body_bytes_max).fill(7);
    const { group, message } = await sendApp(meeting.of('ada'), body);
    const received = await receive(meeting.of('bob'), message);
    assert.ok(received.kind === 'app');
    assert.deepEqual(received.body, body);
    await refuses(() => sendApp(group, new Uint8Array(body_bytes_max + 1)), 'mls.size');
    const remove = { proposalType: 'remove', remove: { removed: 0 } } as const;
    for (const in_public of [true, false]) {
      const made = await createProposal(group.state, in_public, remove, group.suite);
      await refuses(() => receive(meeting.of('bob'), encodeMessage(made.message)), 'mls.kind');
    }
  });

  test('of this group, and with nothing beside the body', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const other = await openMeeting('ada');
    await other.add('ada', ['bob']);
    const foreign = await sendApp(other.of('ada'), utf8('hello'));
    await refuses(() => receive(meeting.of('bob'), foreign.message), 'mls.group');
    const { state, suite: own, key, id, epoch } = meeting.of('ada');
    const admits = [await admit(key, key.public_key, id, epoch)];
    for (const [data, code] of [
      [encodeConsents({ admits, leaves: [] }), 'mls.kind'],
      [utf8('anything'), 'json.text'],
    ] as const) {
      const { privateMessage } = await createApplicationMessage(state, utf8('hello'), own, data);
      const message = {
        version: 'mls10',
        wireformat: 'mls_private_message',
        privateMessage,
      } as const;
      await refuses(() => receive(meeting.of('bob'), encodeMessage(message)), code);
    }
  });

  test('for one member only', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const [ada, bob, cyd] = [meeting.of('ada'), meeting.of('bob'), meeting.of('cyd')];
    const sealed = await sealDirect(ada, bob.leaf, utf8('for Bob'));
    assert.deepEqual(await openDirect(bob, sealed), utf8('for Bob'));
    await refuses(() => openDirect(cyd, sealed), 'mls.crypto');
    await refuses(() => openDirect(bob, sealed.slice(0, 20)), 'mls.crypto');
    await refuses(() => sealDirect(ada, 9, utf8('nobody')), 'mls.sender');
    await meeting.commit('cyd', {});
    await refuses(() => openDirect(meeting.of('bob'), sealed), 'mls.crypto');
  });
});

suite('keys of an epoch', () => {
  test('the same for all members, others for each publisher and epoch', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const seen = new Set<string>();
    for (let epoch = 0; epoch < 3; epoch += 1) {
      for (const leaf of [0, 1, 2]) {
        const keys = await Promise.all(
          Array.from(meeting.members.values(), (group) => mediaKey(group, leaf)),
        );
        assert.equal(new Set(keys.map(String)).size, 1);
        seen.add(String(keys[0]));
      }
      const codes = await Promise.all(Array.from(meeting.members.values(), verifyCode));
      assert.equal(new Set(codes).size, 1);
      assert.match(codes[0] ?? '', /^(?:\d{5} ){5}\d{5}$/);
      seen.add(codes[0] ?? '');
      await meeting.commit('bob', {});
    }
    assert.equal(seen.size, 12);
    await refuses(() => mediaKey(meeting.of('ada'), 5), 'mls.sender');
  });
});
