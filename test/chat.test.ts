/** The chat of a meeting, as people use it: by the names of its controls. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { button, inCall, meetTogether, told } from './journey.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en, fr } = names;

function field({ page, lang }: Visitor): Locator {
  return page.getByRole('textbox', { name: names[lang].message, exact: true });
}

async function openChat(visitor: Visitor): Promise<void> {
  await button(visitor, names[visitor.lang].chat).click();
  await field(visitor).waitFor();
}

async function write(visitor: Visitor, text: string): Promise<void> {
  await field(visitor).fill(text);
  await field(visitor).press('Enter');
}

function message({ page }: Visitor, text: string | RegExp): Locator {
  return page.getByRole('log').getByRole('article').filter({ hasText: text });
}

/** Opens the options of a message, and presses one. */
async function act(visitor: Visitor, text: string, option: string): Promise<void> {
  // An answer quotes what it answers.
  const row = message(visitor, text).first();
  await row.getByRole('button', { name: /^Options for/ }).click();
  await row.getByRole('button', { name: option, exact: true }).click();
}

async function three(visit: (who: { name: string }) => Promise<Visitor>): Promise<Visitor[]> {
  const all = await Promise.all(['Ada', 'Ben', 'Cy'].map((name) => visit({ name })));
  const [ada, ben, cy] = all as [Visitor, Visitor, Visitor];
  await meetTogether(house.origin, [ada, ben, cy]);
  for (const visitor of all) await openChat(visitor);
  return all;
}

test('answers, signs, another text and taking back reach everybody', async () => {
  await browsers.run(house.origin, async (visit) => {
    const people = await three(({ name }) => visit({ name, person: undefined }));
    const [ada, ben, cy] = people as [Visitor, Visitor, Visitor];
    await write(ada, 'Shall we *begin*?');
    await message(cy, 'Shall we begin?').first().locator('em').getByText('begin').waitFor();
    await act(ben, 'Shall we begin?', 'Reply');
    await write(ben, 'Yes, **now**');
    const answer = message(cy, 'Yes, now');
    await answer.getByText('In reply to Ada').waitFor();
    await answer.locator('strong').getByText('now').waitFor();
    await act(cy, 'Yes, now', 'Answer with Thumbs up');
    await act(ada, 'Yes, now', 'Answer with Thumbs up');
    const chip = message(ben, 'Yes, now').getByRole('button', { name: 'Thumbs up: Cy and Ada' });
    await chip.waitFor();
    // Pressed again it is taken away; for the other it stays.
    const own = message(ada, 'Yes, now').getByRole('button', { name: 'Thumbs up: Cy and you' });
    assert.equal(await own.getAttribute('aria-pressed'), 'true');
    await own.click();
    await message(ben, 'Yes, now').getByRole('button', { name: 'Thumbs up: Cy' }).waitFor();
    await act(ben, 'Yes, now', 'Edit');
    assert.equal(await field(ben).inputValue(), 'Yes, **now**');
    await write(ben, 'Yes, in five minutes');
    await message(ada, 'Yes, in five minutes').getByText('edited').waitFor();
    await message(cy, 'Yes, now').waitFor({ state: 'detached' });
    await act(ada, 'Shall we begin?', 'Take back');
    await message(cy, 'Taken back').first().waitFor();
    await message(cy, 'Shall we').waitFor({ state: 'detached' });
    // Somebody else's message can be neither changed nor taken back.
    await message(cy, 'Yes, in five')
      .getByRole('button', { name: /^Options/ })
      .click();
    for (const name of ['Edit', 'Take back']) assert.equal(await button(cy, name).count(), 0);
  });
});

test('a private message, and the answer to it, are between two', async () => {
  await browsers.run(house.origin, async (visit) => {
    const people = await three(({ name }) => visit({ name, person: undefined }));
    const [ada, ben, cy] = people as [Visitor, Visitor, Visitor];
    const to = ada.page.getByRole('combobox', { name: 'To', exact: true });
    await to.selectOption({ label: 'Ben' });
    const said = told(ben, 'Ada wrote to you privately');
    await write(ada, 'Canary in private');
    await said;
    await message(ben, 'Canary in private').getByText('privately to you').waitFor();
    await message(ada, 'Canary in private').getByText('privately to Ben').waitFor();
    await act(ben, 'Canary in private', 'Reply');
    await write(ben, 'Canary in answer');
    await message(ada, 'Canary in answer').getByText('privately to you').waitFor();
    await to.selectOption({ label: 'Everybody' });
    await write(ada, 'For everybody');
    await message(cy, 'For everybody').waitFor();
    assert.equal(await message(cy, /Canary/).count(), 0);
    assert.ok(!house.log_lines.join('').includes('Canary'));
  });
});

test('who is called by name is told; the chat is searched, and saved by who saw it', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: undefined });
    const zoe = await visit({ name: 'Zoé Laurent', person: undefined, size: 'phone' });
    await meetTogether(house.origin, [ada, zoe]);
    await openChat(ada);
    const said = told(zoe, 'Ada mentioned you in the chat');
    await field(ada).pressSequentially('What do you think, @la');
    await ada.page.getByRole('listbox', { name: 'People to mention' }).waitFor();
    await field(ada).press('Enter');
    assert.equal(await field(ada).inputValue(), 'What do you think, @Zoé Laurent ');
    await field(ada).press('Enter');
    await said;
    for (const text of ['One', 'Two', 'Three', 'Four']) await write(ada, text);
    await ada.page.getByRole('searchbox', { name: 'Search the chat' }).fill('zoe think');
    await ada.page.getByRole('status').getByText('One message').waitFor();
    assert.equal(await ada.page.getByRole('log').getByRole('article').count(), 1);
    const saved = ada.page.waitForEvent('download');
    await button(ada, 'Save the chat as a file').click();
    const file = await saved;
    assert.match(file.suggestedFilename(), /^chat-\d{4}-\d\d-\d\d\.txt$/);
    const lines = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\n');
    assert.equal(lines.length, 5);
    assert.match(lines[0] ?? '', /Ada: What do you think, @Zoé Laurent$/);
  });
});

test('a reload loses nothing of what one saw, and what is changed then reaches it', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: undefined });
    const ben = await visit({ name: 'Ben', person: undefined });
    await meetTogether(house.origin, [ada, ben]);
    for (const visitor of [ada, ben]) await openChat(visitor);
    await write(ada, 'One');
    await write(ben, 'Two');
    await act(ada, 'Two', 'Answer with Heart');
    await message(ben, 'Two').getByRole('button', { name: 'Heart: Ada' }).waitFor();
    await message(ben, 'One').waitFor();
    await ben.page.reload();
    await inCall(ben);
    // What was read before is not counted as new.
    assert.equal(await ben.page.getByText(/^\d+ unread/).count(), 0);
    await openChat(ben);
    await message(ben, 'One').waitFor();
    await message(ben, 'Two').getByRole('button', { name: 'Heart: Ada' }).waitFor();
    await act(ada, 'One', 'Edit');
    await write(ada, 'One and a half');
    await message(ben, 'One and a half').getByText('edited').waitFor();
    await act(ben, 'Two', 'Take back');
    await message(ada, 'Taken back').waitFor();
  });
});

test('in French, by keyboard alone', async () => {
  await browsers.run(house.origin, async (visit) => {
    const zoe = await visit({ name: 'Zoé', person: undefined, lang: 'fr' });
    const ben = await visit({ name: 'Ben', person: undefined });
    await meetTogether(house.origin, [zoe, ben]);
    await zoe.page.keyboard.press('c');
    await field(zoe).waitFor();
    await openChat(ben);
    await write(ben, 'Bonjour');
    const row = message(zoe, 'Bonjour');
    await row.getByRole('button', { name: /^Options du message de Ben/ }).press('Enter');
    await row.getByRole('button', { name: 'Répondre', exact: true }).press('Enter');
    await zoe.page.getByText('Répondre à Ben').waitFor();
    await zoe.page.keyboard.type('Bonjour à vous');
    await zoe.page.keyboard.press('Enter');
    await message(ben, 'Bonjour à vous').getByText('In reply to Ben').waitFor();
    await row.getByRole('button', { name: /^Options du message de Ben/ }).press('Enter');
    await row.getByRole('button', { name: 'Répondre par Cœur' }).press('Enter');
    await message(ben, /^Ben \(you\)/)
      .getByRole('button', { name: 'Heart: Zoé' })
      .waitFor();
    assert.equal(await button(zoe, fr.send).count(), 1);
    assert.equal(await button(ben, en.send).count(), 1);
  });
});
