/** The screens outside the call, of a running server. */
import { button, createMeeting, meetTogether, pressJoin } from '../journey.ts';
import { names } from '../names.ts';
import { makeMeeting } from '../program.ts';
import type { Visitor } from '../visitor.ts';

export interface Shown {
  readonly origin: string;
  readonly visitor: Visitor;
  /** Somebody else, to fill or to end a meeting. */
  readonly other: () => Promise<Visitor>;
}

export interface PageScreen {
  readonly name: string;
  readonly granted: boolean;
  readonly has_devices: boolean;
  readonly open: (shown: Shown) => Promise<void>;
}

const usual = { granted: true, has_devices: true };

async function openJoin({ origin, visitor }: Shown): Promise<void> {
  const { link } = await makeMeeting(origin);
  await visitor.page.goto(origin + link);
  await visitor.page.locator('main').waitFor();
}

export const page_screens: readonly PageScreen[] = [
  {
    ...usual,
    name: 'home',
    open: async ({ origin, visitor }) => void (await visitor.page.goto(origin)),
  },
  {
    ...usual,
    name: 'home-wrong-link',
    open: async ({ origin, visitor: { page, lang } }) => {
      await page.goto(origin);
      const field = page.getByRole('textbox', { name: names[lang].link_field, exact: true });
      await field.fill('https://meet.example.org/somewhere');
      await field.press('Enter');
    },
  },
  {
    ...usual,
    name: 'trial',
    open: async ({ origin, visitor }) => void (await visitor.page.goto(`${origin}/test`)),
  },
  {
    ...usual,
    name: 'trial-done',
    open: async ({ origin, visitor: { page } }) => {
      await page.goto(`${origin}/test`);
      await page.getByRole('button', { name: /^(Start the test|Commencer le test)$/ }).click();
      const again = page.getByRole('button', { name: /^(Test again|Tester à nouveau)$/ });
      await again.waitFor({ timeout: 60_000 });
      await page.locator('summary').click();
      await page.getByRole('button', { name: /^(Try camera|Essayer caméra)/ }).click();
      await page.locator('[data-device=microphone][data-state=good]').waitFor();
      await page.evaluate(() => scrollTo(0, 0));
    },
  },
  {
    ...usual,
    name: 'join',
    open: async (shown) => {
      await openJoin(shown);
      await shown.visitor.watch(shown.visitor.page.locator('video'), { frames: 2 });
    },
  },
  {
    ...usual,
    name: 'join-devices',
    open: async (shown) => {
      await openJoin(shown);
      await button(shown.visitor, names[shown.visitor.lang].settings).click();
      await shown.visitor.page.getByRole('combobox').first().waitFor();
    },
  },
  { name: 'join-not-granted', granted: false, has_devices: true, open: openJoin },
  {
    name: 'join-blocked',
    granted: false,
    has_devices: true,
    open: async (shown) => {
      await shown.visitor.deny(['camera', 'microphone']);
      await openJoin(shown);
      await shown.visitor.page
        .getByRole('button', { name: /Turn on camera|Allumer la caméra/ })
        .click();
      await shown.visitor.page.getByText(/blocked|bloqués/).waitFor();
    },
  },
  {
    name: 'join-no-devices',
    granted: true,
    has_devices: false,
    open: async (shown) => {
      await openJoin(shown);
      await shown.visitor.page
        .getByText(/was found|Aucun/)
        .first()
        .waitFor();
    },
  },
  {
    ...usual,
    name: 'incomplete-link',
    open: async ({ origin, visitor }) => {
      const { link } = await makeMeeting(origin);
      await visitor.page.goto(origin + link.replace(/#.*/, ''));
      await visitor.page.getByRole('heading').first().waitFor();
    },
  },
  {
    ...usual,
    name: 'no-such-meeting',
    open: async ({ origin, visitor }) => {
      const { link, room } = await makeMeeting(origin);
      await visitor.page.goto(origin + link.replace(room, 'a'.repeat(26)));
      await visitor.page.getByRole('heading', { name: /no such meeting|n’existe pas/ }).waitFor();
    },
  },
  {
    ...usual,
    name: 'full',
    open: async ({ origin, visitor, other }) => {
      const [one, two] = [await other(), await other()];
      const link = await meetTogether(origin, [one, two]);
      await visitor.page.goto(link);
      const { name_field, join } = names[visitor.lang];
      await visitor.page.getByRole('textbox', { name: name_field, exact: true }).fill('Ada');
      await button(visitor, join).click();
      await visitor.page
        .getByRole('heading', { name: /is full|est complète|est pleine/ })
        .waitFor();
    },
  },
  {
    ...usual,
    name: 'ended',
    open: async ({ origin, visitor }) => {
      const { page, lang } = visitor;
      await createMeeting(visitor, origin);
      await pressJoin(visitor);
      await button(visitor, names[lang].end).click();
      await page.getByRole('dialog').getByRole('button', { name: names[lang].end }).click();
      await button(visitor, names[lang].leave).waitFor({ state: 'detached' });
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
  {
    ...usual,
    name: 'left',
    open: async ({ origin, visitor }) => {
      await createMeeting(visitor, origin);
      await pressJoin(visitor);
      await button(visitor, names[visitor.lang].leave).click();
      await button(visitor, names[visitor.lang].leave).waitFor({ state: 'detached' });
      await visitor.page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
  {
    ...usual,
    name: 'missing',
    open: async ({ origin, visitor }) => void (await visitor.page.goto(`${origin}/nothing-here`)),
  },
];
