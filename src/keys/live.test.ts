/** The room through the doors a browser takes: the live connection, and calls over HTTP. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBench, type Bench } from '#test/database.ts';
import { openDoors } from '#test/doors.ts';
import { createApi } from '../app/client.ts';
import type { EventFrame } from '../app/contract.ts';
import type { Http } from '../app/http.ts';
import { connectLive, type Live } from '../app/live.ts';
import type { Sockets } from '../app/socket.ts';
import { proveKey } from '../protocol/encryption/connection.ts';
import { generateLeafKey, type LeafKey } from '../protocol/encryption/ed25519.ts';
import type { GroupState, keys as contract, KnockState } from './contract.ts';
import { applyAnswer, applyEvent } from './group.ts';
import { bindKeys } from './index.ts';
import * as made from './test-member.ts';
import { b64, random } from './test-member.ts';

type Rooms = { keys: typeof contract };

let bench: Bench;
let http: Http;
let sockets: Sockets;
let place: made.Place;
let stop: () => Promise<void>;
const browsers: Browser[] = [];

before(async () => {
  bench = await startBench();
  const pace = { release_ms: 20, lost_ms: 60 };
  const keys = bindKeys({ meetings: made.meetings, media: made.noteMedia(), pace });
  const dispatcher = bench.dispatcher(keys.calls);
  const service = keys.service(dispatcher, bench.log);
  await service.start(new AbortController().signal);
  stop = () => service.stop();
  ({ http, sockets } = await openDoors(bench, dispatcher));
  place = await made.makePlace(bench.db, { dispatcher, events: bench.events });
});
after(async () => {
  for (const { abort } of browsers) abort.abort();
  await http.stop();
  await stop();
  await bench.stop();
});

/** A browser's side: one live connection that is kept, and proves its key again whenever it is new. */
class Browser {
  readonly live: Live<Rooms>;
  readonly abort = new AbortController();
  readonly key: LeafKey;
  pass = '';
  id = '';
  state: GroupState | undefined;
  knock: KnockState | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(key: LeafKey) {
    this.key = key;
    browsers.push(this);
    this.live = connectLive<Rooms>(`${http.origin.replace('http', 'ws')}/ws`, this.abort.signal);
  }

  async prove(): Promise<void> {
    const { room, door } = place;
    const { nonce } = await this.live.api.keys.hello({ room, door });
    const bytes = new Uint8Array(Buffer.from(nonce, 'base64url'));
    const sig = b64(await proveKey(this.key, bytes, room));
    const key = b64(this.key.public_key);
    const proven = await this.live.api.keys.prove({ room, key, sig });
    this.#take(() => ({ pass: this.pass, id: this.id } = proven));
  }

  watch(group: string): void {
    const { signal } = this.abort;
    this.live.follow<GroupState>({
      ask: async (cursor) => {
        await this.prove();
        return this.live.api.keys.watch({ pass: this.pass, group, cursor });
      },
      onState: (state) => this.#take(() => (this.state = state)),
      onEvent: (frame) =>
        this.#take(() => (this.state = this.state && applyEvent(this.state, frame))),
      signal,
    });
  }

  ask(): void {
    const bytes = { link: 1, kp: random(300), name: random(60), mac: random(32), admit: null };
    this.live.follow<KnockState>({
      ask: async () => {
        await this.prove();
        return this.live.api.keys.knock({ pass: this.pass, ...bytes });
      },
      onState: (state) => this.#take(() => (this.knock = state)),
      onEvent: (frame: EventFrame) =>
        this.#take(() => (this.knock = this.knock && applyAnswer(this.knock, frame))),
      signal: this.abort.signal,
    });
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #take(change: () => void): void {
    change();
    for (const look of this.#waiting) look();
  }
}

test('two browsers meet, lose their line, come back, and one of them leaves', async () => {
  const group = random(16);
  const [ada, ben] = [new Browser(await generateLeafKey()), new Browser(await generateLeafKey())];
  await ada.prove();
  await ada.live.api.keys.create({ pass: ada.pass, group, info: random(500) });
  ada.watch(group);
  ben.ask();
  await ada.until(() => ada.state?.knocks.length === 1);
  const knock = ada.state?.knocks[0]?.knock ?? '';
  // A commit goes over HTTP, where a message may be larger than a frame: the pass is the proof.
  const posted = createApi<Rooms>(http.origin);
  const bytes = { msg: random(9_000), info: random(20_000), gone: [] };
  const welcomes = [{ knock, welcome: random(400) }];
  const input = { pass: ada.pass, group, epoch: 0, ...bytes, welcomes };
  assert.deepEqual(await posted.keys.commit(input), { seq: 1 });
  await ben.until(() => ben.knock?.answer === 'welcomed');
  const { welcome, info } = await posted.keys.welcome({ pass: ben.pass, knock });
  assert.deepEqual([welcome, info], [welcomes[0]?.welcome, bytes.info]);
  ben.watch(group);
  await ben.until(() => ben.state?.seq === 1);

  const old_pass = ada.pass;
  sockets.cut();
  await ada.until(() => ada.pass !== old_pass);
  await ada.live.api.keys.app({ pass: ada.pass, group, epoch: 1, msg: random(40) });
  await Promise.all([ada, ben].map((who) => who.until(() => who.state?.seq === 2)));

  ben.abort.abort();
  await ada.until(() => ada.state?.lost.includes(ben.id) === true);
  assert.deepEqual(ada.state, await made.stateOf(place.dispatcher, group));
});
