/**
 * Large groups over a real delivery service: how long until new keys are in use after somebody was
 * removed, and how long a storm of people takes to come in. Two members are real; the others are
 * light ones, which answer as late as a real one would.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Browser, closeBrowsers } from '#test/group/browser.ts';
import { startDelivery } from '#test/group/delivery.ts';
import type { Delivery } from '#test/group/delivery.ts';
import { wall_clock } from '#src/meet/web/group/clock.ts';
import type { Clock } from '#src/meet/web/group/clock.ts';
import { heading, line, say, spreadOf } from './figure.ts';
import { openLight } from './light-member.ts';
import type { LightMember } from './light-member.ts';

const members = 100;
const removals = 5;
const storm = { people: 200, within_ms: 10_000 };

/**
 * Light members say nothing in the group, and would be taken for dead after 15 s: to the real ones
 * time passes a hundredth as fast. What waits for a deadline would take a hundred times as long.
 */
const began_ms = Date.now();
const patient: Clock = {
  ...wall_clock,
  now_ms: () => Math.floor(began_ms + (Date.now() - began_ms) / 100),
};

interface Meeting {
  readonly delivery: Delivery;
  readonly host: Browser;
  readonly guest: Browser;
  readonly join: (name: string) => Promise<LightMember>;
}

async function openMeeting(delivery: Delivery): Promise<Meeting> {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const { origin } = delivery;
  const world = { clock: patient };
  const host = await Browser.open({ origin, meeting, root_seed: seed, world });
  await host.untilIn();
  const guest = await Browser.open({ origin, meeting, name: 'Ben', world });
  await guest.untilIn();
  return { delivery, host, guest, join: (name) => openLight({ origin, meeting, name }) };
}

/** When the events of a member came, by the clock of this process. */
function listen(browser: Browser): { keys: Map<bigint, number>; sends: Map<bigint, number> } {
  const heard = { keys: new Map<bigint, number>(), sends: new Map<bigint, number>() };
  browser.onEvent = (event) => {
    if (event.kind === 'keys') heard.keys.set(event.epoch, performance.now());
    if (event.kind === 'switch') heard.sends.set(event.epoch, performance.now());
  };
  return heard;
}

async function benchRekey(delivery: Delivery): Promise<void> {
  const { host, guest, join } = await openMeeting(delivery);
  const light: LightMember[] = [];
  while (light.length < members - 2) {
    const more = Math.min(20, members - 2 - light.length);
    const batch = Array.from({ length: more }, (_, at) => join(`Guest ${light.length + at}`));
    light.push(...(await Promise.all(batch)));
  }
  await guest.untilCount(light.length + 2);
  await host.untilCount(light.length + 2);
  const [of_host, of_guest] = [listen(host), listen(guest)];
  const made: number[] = [];
  const used: number[] = [];
  for (let round = 0; round < removals; round++) {
    const target = light.pop();
    const epoch = (host.view.epoch ?? 0n) + 1n;
    const pressed_ms = performance.now();
    await host.member.host({ kind: 'remove', id: target?.id ?? '', relink: false });
    const accepted_ms = performance.now();
    await host.until('sending', () => of_host.sends.has(epoch));
    await guest.until('sending', () => of_guest.sends.has(epoch));
    const keys_ms = of_guest.keys.get(epoch) ?? accepted_ms;
    for (const member of light) member.answer_ms = Math.max(0, keys_ms - accepted_ms);
    made.push(accepted_ms - pressed_ms);
    const last = Math.max(of_host.sends.get(epoch) ?? 0, of_guest.sends.get(epoch) ?? 0);
    used.push(last - accepted_ms);
    target?.leave();
    await delay(2500);
  }
  line(`${members} members: the Remove, pressed to accepted`, say(spreadOf(made), 'ms'));
  line('until every sender uses the new key', say(spreadOf(used), 'ms'), 'budget 500 ms');
  for (const member of light) member.leave();
}

async function benchStorm(delivery: Delivery): Promise<void> {
  const { host, guest, join } = await openMeeting(delivery);
  // Light members never commit, and whose turn it is goes through all: so the host lets in everybody.
  await host.member.host({ kind: 'gate', gate: 'lobby' });
  host.onEvent = (event) => {
    if (event.kind !== 'view') return;
    for (const { knock } of event.view.waiting) host.member.answer(knock, true);
  };
  const between_ms = storm.within_ms / storm.people;
  const joins: Promise<LightMember>[] = [];
  for (let person = 0; person < storm.people; person++) {
    joins.push(join(`Guest ${person}`));
    await delay(between_ms);
  }
  const last_ms = performance.now();
  await Promise.all([host.untilCount(storm.people + 2), guest.untilCount(storm.people + 2)]);
  const seen_ms = performance.now() - last_ms;
  const epochs = Number(guest.view.epoch);
  line(
    `${storm.people} join within ${storm.within_ms / 1000} s: all keys known`,
    `${(seen_ms / 1000).toFixed(1)} s after the last came`,
    `budget 3 s`,
    `${epochs} commits`,
  );
  for (const member of await Promise.all(joins)) member.leave();
}

export async function benchGroups(): Promise<void> {
  heading('Large groups: two real members, the others light');
  const delivery = await startDelivery();
  try {
    await benchRekey(delivery);
    await benchStorm(delivery);
  } finally {
    closeBrowsers();
    await delivery.stop();
  }
}
