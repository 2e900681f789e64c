/** Who may remove whom and change the policy (encryption design, section 4), row by row. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { allRefuse, bring, forge, openLobby, remove } from '#test/mls/forge.ts';
import { appointIn, knockAt, makeLeaf, openMeeting } from '#test/mls/meeting.ts';
import { random, refuses } from '#test/mls/meeting.ts';
import { toBase64url } from '../link/base64url.ts';
import { admit } from '../encryption/admit.ts';
import { identityOf } from '../encryption/kdf.ts';
import { leave } from '../encryption/leave.ts';
import type { Policy } from '../encryption/policy.ts';
import type { RefusalCode } from '../encryption/refusal.ts';
import { commit } from './commit.ts';
import { leaveGroup, rank, roster } from './group.ts';
import type { Group } from './group.ts';

suite('removing', () => {
  test('hosts only by hosts, root hosts only by root hosts, and all by their own leave', async () => {
    const meeting = await openLobby();
    const seat = (name: string): number => meeting.of(name).leaf;
    const table: readonly (readonly [string, string])[] = [
      ['cyd', 'ada'],
      ['cyd', 'bob'],
      ['bob', 'ada'],
    ];
    for (const [from, target] of table) {
      const message = await forge(meeting.of(from), { proposals: [remove(seat(target))] });
      await allRefuse(meeting, from, message, 'commit.remove');
      await refuses(() => commit(meeting.of(from), { remove: [seat(target)] }), 'commit.remove');
    }
    const ada = meeting.of('ada');
    const leaves = [await leaveGroup(ada)];
    const old = [await leave(ada.key, ada.id, random(32))];
    const forged = [
      { ...(await leaveGroup(meeting.of('cyd'))), key: toBase64url(ada.key.public_key) },
    ];
    for (const wrong of [old, forged]) {
      const consents = { admits: [], leaves: wrong };
      const message = await forge(meeting.of('cyd'), { proposals: [remove(ada.leaf)], consents });
      await allRefuse(meeting, 'cyd', message, 'leave.proof');
    }
    const consents = { admits: [], leaves };
    const other = await forge(meeting.of('cyd'), { proposals: [remove(seat('dan'))], consents });
    await allRefuse(meeting, 'cyd', other, 'leave.unrelated');

    await meeting.remove('cyd', ['ada'], { consents });
    await meeting.remove('bob', ['dan']);
    await meeting.remove('cyd', ['bob'], {
      consents: { admits: [], leaves: [await leaveGroup(meeting.of('bob'))] },
    });
    await meeting.agree();
  });

  test('nobody removes itself, a blank leaf, or one leaf twice', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const bob = meeting.of('bob');
    await refuses(() => commit(bob, { remove: [bob.leaf] }), 'commit.tree');
    await refuses(() => commit(bob, { remove: [7] }), 'commit.remove');
    await refuses(() => commit(bob, { remove: [0, 0] }), 'commit.tree');
  });
});

suite('policy', () => {
  test('by hosts of the old one, or by who claims with the root key', async () => {
    const meeting = await openLobby();
    const { place } = meeting;
    const { policy } = meeting.of('ada');
    const [ada, bob, cyd] = [meeting.of('ada'), meeting.of('bob'), meeting.of('cyd')];
    const claim = await appointIn(place, place.root, cyd.key);
    const self = await appointIn(place, cyd.key, cyd.key);
    const false_claim = { ...self, by: policy.root };
    const [first, second] = policy.hosts;
    assert.ok(first && second);
    const stranger = { ...claim, key: toBase64url(random(32)) };
    const table: readonly (readonly [Group, Policy, RefusalCode])[] = [
      [cyd, { ...policy, gate: 'open' }, 'commit.policy'],
      [cyd, { ...policy, hosts: [...policy.hosts, self] }, 'commit.policy'],
      [cyd, { ...policy, hosts: [...policy.hosts, false_claim] }, 'policy.proof'],
      [cyd, { ...policy, hosts: [...policy.hosts, stranger] }, 'commit.policy'],
      [bob, { ...policy, hosts: [second] }, 'commit.policy'],
      [bob, { ...policy, hosts: [second], past: [first] }, 'commit.policy'],
      [bob, { ...policy, hosts: [...policy.hosts, claim] }, 'commit.policy'],
      [ada, { ...policy, hosts: [second] }, 'policy.chain'],
      [ada, { ...policy, root: toBase64url(random(32)) }, 'commit.policy'],
      [ada, { ...policy, created: policy.created + 1 }, 'commit.policy'],
      [ada, { ...policy, link: policy.link + 2 }, 'commit.policy'],
      [ada, { ...policy, banned: [await identityOf(cyd.key.public_key)] }, 'commit.banned'],
      [ada, { ...policy, banned: [await identityOf(ada.key.public_key)] }, 'policy.banned'],
    ];
    for (const [group, next, code] of table) {
      const from = group === ada ? 'ada' : group === bob ? 'bob' : 'cyd';
      await refuses(() => commit(group, { policy: next }), code);
      const message = await forge(group, { proposals: [bring(next)] });
      await allRefuse(meeting, from, message, code);
    }
    // A co-host may change what is not a root host's; a claim makes a root host of a guest.
    await meeting.commit('bob', { policy: { ...policy, gate: 'locked' } });
    const claimed = { ...meeting.of('cyd').policy, hosts: [claim], past: [first] };
    await meeting.commit('cyd', { policy: claimed });
    const seats = await roster(meeting.of('dan'));
    assert.deepEqual(
      seats.filter(({ role }) => role !== 'guest').map(({ leaf, role }) => [leaf, role]),
      [[meeting.of('cyd').leaf, 'root host']],
    );
    await meeting.agree();
  });

  test('an appointment of another occurrence, and one that was dropped', async () => {
    const meeting = await openLobby();
    const other = await openLobby();
    const { policy } = meeting.of('ada');
    const [foreign] = other.of('ada').policy.hosts;
    assert.ok(foreign);
    const borrowed = { ...policy, hosts: [...policy.hosts, { ...foreign, by: policy.root }] };
    await refuses(() => commit(meeting.of('ada'), { policy: borrowed }), 'policy.proof');
    // Bob is dropped for cause; whom he appointed falls with him, and his admits are void.
    const { place } = meeting;
    const by_bob = await appointIn(place, meeting.of('bob').key, meeting.of('dan').key);
    await meeting.commit('bob', { policy: { ...policy, hosts: [...policy.hosts, by_bob] } });
    const [first] = policy.hosts;
    assert.ok(first);
    await refuses(
      () => commit(meeting.of('ada'), { policy: { ...policy, hosts: [first, by_bob] } }),
      'policy.chain',
    );
    const leaf = await makeLeaf();
    const { id, epoch } = meeting.of('ada');
    const void_admit = await admit(meeting.of('bob').key, leaf.key.public_key, id, epoch);
    await meeting.commit('ada', { policy: { ...policy, hosts: [first] } });
    const knocker = await knockAt(meeting.of('cyd'), leaf, meeting.link());
    const consents = { admits: [void_admit], leaves: [] };
    await refuses(() => commit(meeting.of('cyd'), { add: [knocker], consents }), 'admit.by');
  });
});

suite('hosts who come back', () => {
  test("through a locked gate, by their own admit or the root's", async () => {
    const meeting = await openLobby();
    const { policy } = meeting.of('ada');
    await meeting.commit('ada', { policy: { ...policy, gate: 'locked' } });
    const ada = meeting.of('ada');
    const consents = { admits: [], leaves: [await leaveGroup(ada)] };
    await meeting.remove('bob', ['ada'], { consents });
    // Her key is still listed, and signs for itself; the root signs for a new leaf of its holder.
    const [again, fresh] = [await makeLeaf(ada.key), await makeLeaf()];
    for (const [name, leaf, signer] of [
      ['ada', again, ada.key],
      ['tablet', fresh, meeting.place.root],
    ] as const) {
      const cyd = meeting.of('cyd');
      const knocker = await knockAt(cyd, leaf, meeting.link());
      await refuses(() => commit(cyd, { add: [knocker] }), 'commit.add');
      const admits = [await admit(signer, leaf.key.public_key, cyd.id, cyd.epoch)];
      const added = { add: [knocker], consents: { admits, leaves: [] } };
      await meeting.commit('cyd', added, new Map([[name, leaf]]));
    }
    const seats = await roster(meeting.of('dan'));
    const roles = new Map(seats.map(({ key, role }) => [key, role]));
    assert.equal(roles.get(toBase64url(ada.key.public_key)), 'root host');
    assert.equal(roles.get(toBase64url(fresh.key.public_key)), 'guest');
    await meeting.agree();
  });

  test('a recorder is a seat like any other, and named as one', async () => {
    const meeting = await openLobby();
    const { policy } = meeting.of('ada');
    const recorder = [toBase64url(meeting.of('dan').key.public_key)];
    await meeting.commit('ada', { policy: { ...policy, flags: { recorder, phoneBridge: [] } } });
    const seats = await roster(meeting.of('cyd'));
    assert.deepEqual(
      seats.filter(({ flag }) => flag !== null).map(({ leaf, flag }) => [leaf, flag]),
      [[meeting.of('dan').leaf, 'recorder']],
    );
  });
});

suite('order of committers', () => {
  test('all members see the same, without those who are to go', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd', 'dan']);
    const seen = await Promise.all(Array.from(meeting.members.values(), (group) => rank(group)));
    const [order] = seen;
    assert.ok(order);
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      [0, 1, 2, 3],
    );
    for (const other of seen) assert.deepEqual(other, order);
    const [first = 0] = order;
    assert.deepEqual(await rank(meeting.of('bob'), [first]), order.slice(1));
  });
});
