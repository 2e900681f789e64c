/** What a host does in the list of people, by the names of its controls. */
import { button } from './journey.ts';
import { names } from './names.ts';
import type { Visitor } from './visitor.ts';

const { en } = names;

/** Where it is not open yet. */
export async function openPeople(visitor: Visitor): Promise<void> {
  const control = visitor.page.getByRole('button', { name: en.people, exact: true });
  if ((await control.getAttribute('aria-expanded')) !== 'true') await control.click();
}

/** Opens the options of a person in the list, and presses one of them. */
export async function manage(host: Visitor, name: string, option: string): Promise<void> {
  await openPeople(host);
  await button(host, `Options for ${name}`).click();
  await button(host, option).click();
}

/** The button may ask once more before it acts. */
export async function endForEveryone(host: Visitor): Promise<void> {
  if ((await button(host, en.end).count()) === 0) await button(host, en.leave).click();
  await button(host, en.end).first().click();
  const asked = host.page.getByRole('dialog').or(host.page.getByRole('alertdialog'));
  const over = host.page.getByRole('heading', { name: 'The meeting is over' });
  await asked.or(over).first().waitFor();
  if (await asked.isVisible()) await asked.getByRole('button', { name: en.end }).click();
  await over.waitFor();
}
