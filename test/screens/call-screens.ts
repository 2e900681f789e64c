/** The screens of a call, as the looks are judged by them. */
import type { Page } from 'playwright-core';
import type { Names } from '../names.ts';
import type { Sample } from '../sample-call.ts';

export interface CallScreen {
  readonly name: string;
  readonly sample: Sample;
  /** What a person does before the picture is taken. */
  readonly act?: (page: Page, names: Names) => Promise<void>;
}

/** Presses the control of that name; on phones some are behind the last one, *More*. */
async function press(page: Page, name: string): Promise<void> {
  const control = page.getByRole('button', { name, exact: true }).first();
  if (!(await control.isVisible()))
    await page.getByRole('button', { name: /^(?:More|Plus)$/ }).click();
  await control
    .or(page.getByRole('menuitem', { name, exact: true }))
    .first()
    .click();
}

/** The controls come after the first pictures: a call is looked at once they are here. */
export async function drawn(page: Page, { leave }: Names): Promise<void> {
  const control = page.getByRole('button', { name: leave, exact: true });
  await control.or(page.locator('iframe')).first().waitFor();
}

const messages: Sample['messages'] = [
  { by: 1, text: 'Bonjour à toutes et à tous !' },
  {
    by: 2,
    text: 'The **draft** is at https://example.org/notes/plan?page=2#figures',
    reactions: [
      { sign: 'agree', by: ['sample-1', 'sample-0'] },
      { sign: 'cheer', by: ['sample-3'] },
    ],
  },
  { by: 0, text: 'Thank you. I have read it, and have two questions about the second page.' },
  { by: 4, text: 'مرحبا بالجميع' },
  { by: 3, text: 'Which page do you mean, @Ada?', answers: 1, edited: true },
  { by: 1, text: 'Between us: `npm test` passes.', direct: true },
  { by: 2, text: '' },
  {
    by: 3,
    text: 'A longer one, to see how lines break: the figures of the spring are in the annex, those of the summer follow next week, and the rest is in the shared folder.',
  },
];

export const call_screens: readonly CallScreen[] = [
  { name: 'call-01', sample: { people: 1, host: true } },
  { name: 'call-02', sample: { people: 2 } },
  { name: 'call-05', sample: { people: 5, hands: [2] } },
  { name: 'call-12', sample: { people: 12 } },
  { name: 'call-30', sample: { people: 30 } },
  { name: 'call-no-camera', sample: { people: 2, camera_on: false } },
  {
    name: 'speaker-layout',
    sample: { people: 12 },
    act: (page, names) => press(page, names.speaker),
  },
  { name: 'share', sample: { people: 5, shares: 1 } },
  { name: 'two-shares', sample: { people: 12, shares: 2 } },
  {
    name: 'chat',
    sample: { people: 5, messages },
    async act(page, names) {
      await press(page, names.chat);
      await page.getByRole('log').getByRole('article').first().waitFor();
    },
  },
  {
    name: 'chat-options',
    sample: { people: 5, messages },
    async act(page, names) {
      await press(page, names.chat);
      await page
        .getByRole('article')
        .filter({ hasText: /draft/ })
        .first()
        .getByRole('button', { name: /^Options/ })
        .click();
      await page.getByRole('textbox', { name: names.message }).fill('@Ka');
    },
  },
  {
    name: 'agenda-host',
    sample: { people: 5, host: true, agenda: 2 },
    async act(page, names) {
      await press(page, names.people);
      await page.getByText(/^(?:Agenda|Ordre du jour)$/).click();
    },
  },
  { name: 'agenda', sample: { people: 2, agenda: 1 } },
  { name: 'trouble', sample: { people: 5, trouble: 'slow-upload' } },
  { name: 'trouble-silent', sample: { people: 2, trouble: 'silent-microphone' } },
  {
    name: 'class-host',
    sample: { people: 5, host: true, mode: 'class' },
    act: (page, names) => press(page, names.people),
  },
  {
    name: 'event-host',
    sample: { people: 30, host: true, mode: 'event', stage: [1, 2], hands: [5], gate: 'lobby' },
    act: (page, names) => press(page, names.people),
  },
  { name: 'event-audience', sample: { people: 30, mode: 'event', stage: [1, 2] } },
  { name: 'breakout-offer', sample: { people: 5, rooms: 1 } },
  {
    name: 'breakout-make',
    sample: { people: 5, host: true },
    async act(page, names) {
      await press(page, names.people);
      await page.getByText(/^(?:Breakout rooms|Salles de travail)$/).click();
    },
  },
  {
    name: 'breakout-host',
    sample: { people: 7, host: true, rooms: 3, recalled: true },
    act: (page, names) => press(page, names.people),
  },
  {
    name: 'breakout-inside',
    sample: { people: 5, rooms: 2, aside: true, recalled: true, shares: 1 },
  },
  { name: 'chat-empty', sample: { people: 2 }, act: (page, names) => press(page, names.chat) },
  {
    name: 'people',
    sample: { people: 12, hands: [3, 1], host: true },
    act: (page, names) => press(page, names.people),
  },
  {
    name: 'rules',
    sample: {
      people: 12,
      hands: [3, 1],
      host: true,
      guests: ['cam', 'share', 'react'],
      spotlight: 2,
      unruly: 4,
    },
    act: async (page, names) => {
      await press(page, names.people);
      await page.getByText(/^(?:Guests may|Les invités peuvent)$/).click();
      await page
        .getByRole('button', { name: /^Options / })
        .first()
        .click();
    },
  },
  {
    name: 'chat-closed',
    sample: {
      people: 5,
      messages,
      guests: ['mic', 'cam'],
      notices: [{ kind: 'silenced', what: 'mic' }],
    },
    act: (page, names) => press(page, names.chat),
  },
  {
    name: 'door',
    sample: {
      people: 5,
      host: true,
      gate: 'lobby',
      waiting: ['Zoé Laurent', 'Anna-Lena Freifrau von und zu Hohenstein-Weissenburg', '王小明'],
      notices: [{ kind: 'waiting', name: 'Zoé Laurent' }],
    },
    act: async (page, names) => {
      await press(page, names.people);
      await page
        .getByRole('button', { name: /^Options / })
        .nth(1)
        .click();
    },
  },
  {
    name: 'put-out',
    sample: { people: 5, host: true },
    act: async (page, names) => {
      await press(page, names.people);
      await page
        .getByRole('button', { name: /^Options / })
        .first()
        .click();
      await page.getByRole('button', { name: /^(?:Remove|Exclure) / }).click();
    },
  },
  {
    name: 'waiting',
    sample: {
      people: 1,
      phase: 'connecting',
      group_phase: 'waiting',
      lock: { state: 'amber', reason: 'joining' },
    },
    act: (page) => page.getByRole('heading', { level: 2 }).waitFor(),
  },
  {
    name: 'settings',
    sample: { people: 5 },
    act: (page, names) => press(page, names.settings),
  },
  {
    name: 'encryption',
    sample: { people: 5 },
    act: async (page, names) => {
      await press(page, names.encryption);
      await page.getByRole('img', { name: /QR/ }).waitFor();
    },
  },
  { name: 'hands', sample: { people: 12, hands: [4, 2, 7] } },
  {
    name: 'notices',
    sample: {
      people: 5,
      notices: [
        { kind: 'joined', name: 'Zoé Laurent' },
        { kind: 'hand', name: 'Karim B.' },
        { kind: 'fault', device: 'camera', fault: 'blocked' },
      ],
    },
  },
  { name: 'sound-blocked', sample: { people: 2, sound_blocked: true } },
  { name: 'connecting', sample: { people: 1, phase: 'connecting' } },
  { name: 'reconnecting', sample: { people: 5, phase: 'reconnecting' } },
  {
    name: 'leave-asked',
    sample: { people: 5, host: true },
    act: (page, names) => press(page, names.end),
  },
];
