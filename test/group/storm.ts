/**
 * A meeting of real members at a real delivery service, over a network that a seed makes bad: calls
 * and events come late, in another order, twice or not at all, lines break, browsers vanish, reload
 * and knock, hosts act. When it heals, all who are there must be of one mind, nobody who was not
 * admitted may ever have been in, and nothing that was acknowledged may be lost.
 */
import assert from 'node:assert/strict';
import { unreachable } from '#src/app/client.ts';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import type { World } from '#src/meet/web/group/member.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { chanceFrom } from '#test/mls/wander.ts';
import { agree, Browser, type Bend } from './browser.ts';
import type { Delivery } from './delivery.ts';
import { fastClock } from './fast.ts';
import { elapse, until } from '../until.ts';

export interface Storm {
  readonly seed: number;
  readonly steps: number;
  readonly people_max: number;
}

/** What happened, for whoever reads a failure or a long run. */
export interface Weather {
  joined: number;
  left: number;
  vanished: number;
  reloaded: number;
  removed: number;
  cuts: number;
  refused: number;
  said: number;
}

interface Told {
  readonly text: string;
  readonly by: Browser;
  /** Who was in when it was about to be said. */
  readonly to: readonly Browser[];
}

type Chance = () => number;

const quick = { burst: 1_000, refill_ms: 1 };
/** For the service a storm is played at. */
export const storm_pace = {
  release_ms: 100,
  lost_ms: 400,
  rates: { commit: quick, app: quick, signal: quick, read: quick, knock: quick },
};

const delay_max_ms = 60;
const pause_max_ms = 80;
const cut_max_ms = 1500;
/** Members' time runs faster, so that who is silent or lost is removed within the test's. */
const haste = 4;
const patience_ms = 20_000;

/**
 * Late, out of order, doubled; and where something is lost, it is with its line: that is how a
 * connection loses. What a server keeps back on a line that stands is for hostile.test.ts.
 */
function badNetwork(chance: Chance, breakLine: () => void): Bend {
  const lose = (): never => {
    breakLine();
    throw unreachable();
  };
  return {
    async call(_name, _input, go) {
      await elapse(chance() * delay_max_ms);
      if (chance() < 0.02) lose();
      const answer = await go();
      await elapse(chance() * delay_max_ms);
      return chance() < 0.02 ? lose() : answer;
    },
    event(frame, pass) {
      if (chance() < 0.02) return breakLine();
      setTimeout(() => pass(frame), chance() * delay_max_ms);
      if (chance() < 0.05) setTimeout(() => pass(frame), chance() * 2 * delay_max_ms);
    },
  };
}

const hasty = (): Pick<World, 'clock'> => ({ clock: fastClock(haste) });

class Scene {
  readonly weather: Weather = {
    joined: 0,
    left: 0,
    vanished: 0,
    reloaded: 0,
    removed: 0,
    cuts: 0,
    refused: 0,
    said: 0,
  };
  readonly #delivery: Delivery;
  readonly #meeting: Link;
  readonly #chance: Chance;
  readonly #host: Browser;
  readonly #people_max: number;
  /** Those who are meant to be in at the end; the host among them. */
  #there: Browser[];
  /** Those who were refused at the door, or put out. */
  readonly #gone: Browser[] = [];
  readonly #told: Told[] = [];
  #cut = new Set<Browser>();
  #number = 0;

  constructor(
    delivery: Delivery,
    meeting: Link,
    host: Browser,
    chance: Chance,
    people_max: number,
  ) {
    this.#delivery = delivery;
    this.#meeting = meeting;
    this.#host = host;
    this.#there = [host];
    this.#chance = chance;
    this.#people_max = people_max;
  }

  readonly acts: readonly (readonly [number, () => Promise<void>])[] = [
    [5, () => this.#join()],
    [1, () => this.#leave()],
    [1, () => this.#vanish()],
    [2, () => this.#reload()],
    [1, () => this.#remove()],
    [3, () => this.#cutOff()],
    [1, () => this.#refuse()],
    [6, () => this.#say()],
  ];

  async act(): Promise<void> {
    const weight = this.acts.reduce((sum, [each]) => sum + each, 0);
    let left = this.#chance() * weight;
    const [, act] = this.acts.find(([each]) => (left -= each) < 0) ?? [];
    await act?.();
    await elapse(this.#chance() * pause_max_ms);
  }

  #pick(from: readonly Browser[]): Browser | undefined {
    return from[Math.floor(this.#chance() * from.length)];
  }

  get #guests(): Browser[] {
    return this.#there.filter((browser) => browser !== this.#host);
  }

  async #open(name: string): Promise<Browser> {
    const { origin } = this.#delivery;
    const browser = await Browser.open({ origin, meeting: this.#meeting, name, world: hasty() });
    return this.expose(browser);
  }

  /** To the bad network. */
  expose(browser: Browser): Browser {
    browser.bend = badNetwork(this.#chance, () => this.#breakLine(browser));
    return browser;
  }

  #nextName(): string {
    this.#number += 1;
    return `P${this.#number}`;
  }

  async #join(): Promise<void> {
    if (this.#there.length >= this.#people_max) return;
    this.#there.push(await this.#open(this.#nextName()));
    this.weather.joined += 1;
  }

  #forget(browser: Browser): void {
    this.#there = this.#there.filter((each) => each !== browser);
    this.#cut.delete(browser);
  }

  async #leave(): Promise<void> {
    const browser = this.#pick(this.#guests);
    if (!browser) return;
    this.#forget(browser);
    void browser.member.leave();
    this.weather.left += 1;
  }

  async #vanish(): Promise<void> {
    const browser = this.#pick(this.#guests);
    if (!browser) return;
    this.#forget(browser);
    browser.vanish();
    this.weather.vanished += 1;
  }

  async #reload(): Promise<void> {
    const browser = this.#pick(this.#guests.filter((each) => !this.#cut.has(each)));
    if (!browser) return;
    this.#forget(browser);
    this.#there.push(this.expose(await browser.reload({ world: hasty() })));
    this.weather.reloaded += 1;
  }

  /** A host puts somebody out whom it sees; their key does not come back. */
  async #remove(): Promise<void> {
    const { people } = this.#host.view;
    const browser = this.#pick(this.#guests.filter(({ view }) => view.phase === 'in'));
    if (!browser || !people.some(({ id }) => id === browser.view.id)) return;
    this.#forget(browser);
    this.#gone.push(browser);
    const act = { kind: 'remove', id: browser.view.id, relink: false } as const;
    // Where the answer was lost nobody knows whether it was done; a host asks again.
    await until('the removal is done', patience_ms, () =>
      this.#host.member.host(act).then(
        () => true,
        () => !this.#host.view.people.some(({ id }) => id === act.id),
      ),
    );
    this.weather.removed += 1;
  }

  async #cutOff(): Promise<void> {
    const browser = this.#pick(this.#there.filter((each) => !this.#cut.has(each)));
    if (!browser) return;
    this.#breakLine(browser);
  }

  /** Some are back before anybody knows, some after they were removed as lost. */
  #breakLine(browser: Browser): void {
    if (this.#cut.has(browser)) return;
    this.#cut.add(browser);
    browser.cut();
    this.weather.cuts += 1;
    setTimeout(() => this.#mend(browser), this.#chance() * cut_max_ms);
  }

  #mend(browser: Browser): void {
    if (this.#cut.delete(browser)) browser.mend();
  }

  /** Somebody comes to a closed door, and a host sends them away. */
  async #refuse(): Promise<void> {
    const host = this.#host;
    if (this.#cut.has(host)) return;
    const shut = await this.#gate('lobby');
    if (!shut) return;
    const stranger = await this.#open(this.#nextName());
    this.#gone.push(stranger);
    // An answer may be lost: whoever is still shown as waiting is answered again.
    await until('the stranger is sent away', patience_ms, () => {
      for (const { id, knock } of host.view.waiting) {
        host.member.answer(knock, id !== stranger.view.id);
      }
      return stranger.view.phase === 'denied';
    }).catch((cause: unknown) => {
      const waiting = JSON.stringify(host.view.waiting);
      throw new Error(`stranger ${stranger.describe()}; host sees ${waiting}`, { cause });
    });
    await this.#gate('open');
    this.weather.refused += 1;
  }

  async #gate(gate: 'open' | 'lobby'): Promise<boolean> {
    for (;;) {
      const done = await this.#host.member.host({ kind: 'gate', gate }).then(
        () => true,
        () => false,
      );
      if (done || gate === 'lobby') return done;
      await elapse(pause_max_ms);
    }
  }

  async #say(): Promise<void> {
    const by = this.#pick(this.#there.filter(({ view }) => view.phase === 'in'));
    if (!by) return;
    const text = `No. ${this.#told.length}`;
    const to = this.#there.filter((each) => each !== by && each.view.phase === 'in');
    // It may wait for a line that is cut; others go on meanwhile.
    void by.member.send({ kind: 'chat', id: text, text, re: null }).then(
      () => void this.#told.push({ text, by, to }),
      () => undefined,
    );
    this.weather.said += 1;
  }

  /** Who is there and in what state, and whom the host sees who is not. */
  describe(): string {
    const there = this.#there.map((browser) => `${browser.name} ${browser.describe()}`);
    const ids = new Set(this.#there.map(({ view }) => view.id));
    const others = this.#host.view.people.filter(({ id }) => !ids.has(id));
    return [...there, `beside them ${JSON.stringify(others)}`].join('; ');
  }

  /** The network is good again: everybody finds together, and what was promised holds. */
  async heal(): Promise<void> {
    for (const browser of this.#there) browser.bend = {};
    for (const browser of this.#cut) this.#mend(browser);
    await this.#gate('open');
    // What was held back still arrives.
    await elapse(3 * delay_max_ms);
    await agree(...this.#there);
    const keys = new Set(this.#host.media?.leaves.map(({ media }) => toBase64url(media)));
    const refused = this.#gone.flatMap(({ events }) => events);
    for (const event of refused) {
      if (event.kind !== 'keys') continue;
      for (const { media } of event.leaves) assert.ok(!keys.has(toBase64url(media)));
    }
    await this.#checkTold();
  }

  /** Who was in all the time has heard all that was acknowledged. */
  async #checkTold(): Promise<void> {
    for (const { text, by, to } of this.#told) {
      const steady = to.filter((each) => this.#there.includes(each) && wasNeverOut(each));
      for (const browser of steady) {
        await browser.until(`told ${text} by ${by.name}`, () =>
          browser.said.some(({ saying }) => saying.kind === 'chat' && saying.text === text),
        );
      }
    }
  }
}

/** It has entered once, and followed every epoch since. */
function wasNeverOut({ events }: Browser): boolean {
  return events.filter((event) => event.kind === 'keys' && event.first).length === 1;
}

/** Throws where a promise was broken, with the seed. */
export async function weather(delivery: Delivery, storm: Storm): Promise<Weather> {
  const chance = chanceFrom(storm.seed);
  const { link, seed } = await delivery.makeMeeting();
  const host = await Browser.open({
    origin: delivery.origin,
    meeting: link,
    name: 'Host',
    root_seed: seed,
    world: hasty(),
  });
  await host.untilIn();
  const scene = new Scene(delivery, link, host, chance, storm.people_max);
  scene.expose(host);
  try {
    for (let step = 0; step < storm.steps; step += 1) await scene.act();
    await scene.heal();
    return scene.weather;
  } catch (cause) {
    const happened = JSON.stringify(scene.weather);
    throw new Error(`The storm of seed ${storm.seed} did harm: ${happened}; ${scene.describe()}`, {
      cause,
    });
  }
}
