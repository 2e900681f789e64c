/**
 * A class as it is held: a teacher and eleven others, a stranger who is thrown out and tries to come
 * back, breakout rooms in which somebody reloads, a teacher's browser that crashes. In between and to
 * the end everybody is looked at once a minute: they hear and see the teacher, and their lock is
 * whole (issue 3, "done means").
 */
import assert from 'node:assert/strict';
import type { Browsers } from '../browser.ts';
import { button, createMeeting, inCall, joinMeeting, pressJoin, told } from '../journey.ts';
import { endForEveryone, manage, openPeople } from '../manage.ts';
import { names } from '../names.ts';
import { callBack, goTo, inRoom, openRooms } from '../room.ts';
import { elapse } from '../until.ts';
import { reopen } from '../visitor.ts';
import type { Visitor } from '../visitor.ts';

const { en } = names;
const pupils = ['Ben', 'Cy', 'Dee', 'Eve', 'Fay', 'Gus', 'Hal', 'Ida', 'Jo', 'Kim', 'Lou'];
const patience_ms = 60_000;
const minute_ms = 60_000;
/** Of a crash, of pages that reload, and of a stranger who is refused. */
const expected = /WebSocket|ERR_|Failed to load resource|Failed to fetch|status of 4/;

type Say = (text: string) => void;
type Visit = Parameters<Parameters<Browsers['run']>[1]>[0];

function heading(visitor: Visitor, text: string): Promise<void> {
  return visitor.page.getByRole('heading', { name: text }).waitFor({ timeout: patience_ms });
}

/** Everybody is in the call, sees and hears the teacher, and all of it is encrypted. */
async function lookAt(class_: readonly Visitor[]): Promise<void> {
  for (const pupil of class_) {
    await Promise.all([
      pupil.see('Ada', { frames: 3, timeout_ms: patience_ms }),
      pupil.hear(0, patience_ms),
      pupil.page.locator('[data-state=green]').waitFor({ timeout: patience_ms }),
    ]);
  }
}

async function throwOut(ada: Visitor, visit: Visit, link: string): Promise<void> {
  const stranger = await visit({ name: 'Nobody', person: 5 });
  stranger.expectProblems(expected);
  await joinMeeting(stranger, link);
  await button(stranger, en.unmute).click();
  await ada.hear(5, patience_ms);
  await manage(ada, 'Nobody', 'Remove Nobody');
  const asked = ada.page.getByRole('dialog', { name: 'Remove Nobody from the meeting?' });
  await asked.getByRole('button', { name: 'Remove and change the link' }).click();
  await heading(stranger, 'You were removed from the meeting');
  await ada.hearNothingOf(5, patience_ms);
  await stranger.page.goto('about:blank');
  await stranger.page.goto(link);
  await heading(stranger, 'There is no such meeting');
  await ada.page.waitForURL(/#2\./);
}

/** Rooms by chance; a reload and the teacher's crash in between lose nobody. */
async function breakOut(ada: Visitor, others: readonly Visitor[]): Promise<Visitor> {
  await openRooms(ada, 4, 'Shared out by chance');
  const rooms = await Promise.all(
    others.map(async (pupil) => {
      const go = pupil.page.getByRole('button', { name: /^Go to Room/ });
      const text = await go.textContent({ timeout: patience_ms });
      return text?.replace('Go to ', '') ?? '';
    }),
  );
  for (const [at, pupil] of others.entries()) await goTo(pupil, rooms[at] ?? '');
  const [first] = others;
  assert.ok(first);
  await first.page.reload();
  await inRoom(first, rooms[0] ?? '');
  const address = ada.page.url();
  await ada.page.close();
  const back = await reopen(ada);
  await joinMeeting(back, address);
  await openPeople(back);
  for (const [at, pupil] of others.entries()) {
    const inside = await inRoom(pupil, rooms[at] ?? '');
    const company = others.filter((_, other) => other !== at && rooms[other] === rooms[at]);
    for (const { name } of company) await inside.tile(name).waitFor({ timeout: patience_ms });
  }
  await callBack(back, 'at once');
  for (const { page } of others) await page.locator('iframe').waitFor({ state: 'detached' });
  return back;
}

/** Holds a class of `minutes`, five at least. @throws Error where something is not as it should be */
export async function holdLesson(
  browsers: Browsers,
  origin: string,
  minutes: number,
  say: Say,
): Promise<void> {
  const ends_ms = performance.now() + minutes * minute_ms;
  await browsers.run(origin, async (visit) => {
    let ada = await visit({ name: 'Ada', person: 0 });
    const link = await createMeeting(ada, origin);
    await pressJoin(ada);
    await openPeople(ada);
    const kind = ada.page.getByRole('combobox', { name: 'Kind of meeting' });
    await kind.selectOption({ label: 'Class' });
    const others: Visitor[] = [];
    for (const [at, name] of pupils.entries()) {
      // Two have cameras; the machine that plays all twelve has none to spare.
      const person = at < 2 ? at + 1 : undefined;
      const pupil = await visit({ name, person, size: at % 2 === 0 ? 'laptop' : 'phone' });
      pupil.expectProblems(expected);
      await joinMeeting(pupil, link);
      others.push(pupil);
    }
    ada.expectProblems(expected);
    await lookAt(others);
    say('  twelve in the class, all hear and see the teacher');
    const [ben] = others;
    assert.ok(ben);
    const raised = told(ada, 'Ben raised a hand');
    await button(ben, en.raise).click();
    await raised;
    await button(ben, en.unmute).click();
    await ada.hear(1, patience_ms);
    await button(ben, en.lower).click();
    await button(ben, en.mute).click();
    await throwOut(ada, visit, link);
    await lookAt(others);
    say('  a stranger was thrown out, and the old link opens nothing');
    ada = await breakOut(ada, others);
    await Promise.all(others.map(({ name }) => ada.tile(name).waitFor({ timeout: patience_ms })));
    await lookAt(others);
    say('  four rooms, a reload, a crash of the teacher’s browser, and all are back');
    for (let round = 1; performance.now() < ends_ms; round += 1) {
      const late = others[round % others.length];
      assert.ok(late);
      await late.page.reload();
      await inCall(late);
      await lookAt(others);
      say(`  looked ${String(round)} times, ${late.name} reloaded`);
      await elapse(Math.max(0, Math.min(minute_ms, ends_ms - performance.now())));
    }
    await endForEveryone(ada);
    await Promise.all(others.map((pupil) => heading(pupil, 'The meeting is over')));
  });
}
