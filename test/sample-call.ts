/**
 * A call of invented people, for the screens of `npm run shots` and for tests of the view: it
 * implements the model of src/meet/web/call and needs no server. Runs in a browser.
 */
import type { ScheduleModel } from '#src/meet/web/schedule/model.ts';
import type { Aside, BreakoutsModel } from '#src/meet/web/breakout/model.ts';
import type { BreakoutRoom } from '#src/meet/web/group/breakouts.ts';
import type { Trouble } from '#src/meet/web/call/diagnosis.ts';
import type { GroupView, Leaf } from '#src/meet/web/call/group.ts';
import type { Lock } from '#src/meet/web/call/lock.ts';
import { guest_rights } from '#src/protocol/encryption/rights.ts';
import type { GuestRight } from '#src/protocol/encryption/rights.ts';
import type { ChatModel, Message, Reaction } from '#src/meet/web/chat/model.ts';
import type { Ref } from '#src/meet/web/group/saying.ts';
import type { Reception } from '#src/meet/web/call/receiving.ts';
import { Signal } from '#src/meet/web/call/signal.ts';
import type {
  CallModel,
  Devices,
  Notice,
  Person,
  Phase,
  Picture,
  Share,
  Source,
  Toast,
} from '#src/meet/web/call/model.ts';

interface SampleMessage {
  readonly by: number;
  readonly text: string;
  /** Which message it answers, by its place. */
  readonly answers?: number;
  /** To oneself alone. */
  readonly direct?: boolean;
  readonly edited?: boolean;
  readonly reactions?: readonly Reaction[];
}

export interface Sample {
  /** How many people, oneself included. */
  readonly people: number;
  readonly shares?: number;
  readonly messages?: readonly SampleMessage[];
  readonly hands?: readonly number[];
  readonly notices?: readonly Notice[];
  readonly phase?: Phase;
  readonly host?: boolean;
  readonly sound_blocked?: boolean;
  readonly camera_on?: boolean;
  readonly lock?: Lock;
  readonly gate?: GroupView['gate'];
  readonly guests?: GroupView['guests'];
  readonly mode?: GroupView['mode'];
  /** Who stands on the stage of an event, by their place. */
  readonly stage?: readonly number[];
  /** Who stands before everybody, and whose client ignores the rules, by their place. */
  readonly spotlight?: number;
  readonly unruly?: number;
  /** Who waits at the door. */
  readonly waiting?: readonly string[];
  readonly group_phase?: GroupView['phase'];
  /** How many breakout rooms are open to oneself. */
  readonly rooms?: number;
  /** One is in the first of them. */
  readonly aside?: boolean;
  readonly recalled?: boolean;
  readonly trouble?: Trouble;
  /** Which item of an agenda is under way, from 1; from the second on somebody has the word. */
  readonly agenda?: number;
}

const names = [
  'Zoé Laurent',
  'Karim B.',
  'Ji-woo',
  'Lucía Fernández',
  'عبد الرحمن الخطيب',
  'Anna-Lena Freifrau von und zu Hohenstein-Weissenburg der Ältere',
  'Tomasz',
  'Oluwaseun Adeyemi',
  '王小明',
  'Nora Lindqvist',
] as const;

const tints = ['#3f6a62', '#5f4d39', '#3c4a5c', '#5c3a40', '#4a4463', '#3d5a3a'] as const;

/** A drawn head and shoulders, so that a tile shows a picture without a camera. */
function drawPerson(index: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const pen = canvas.getContext('2d');
  if (!pen) return canvas;
  const ground = pen.createLinearGradient(0, 0, 640, 360);
  ground.addColorStop(0, tints[index % tints.length] ?? '#3f6a62');
  ground.addColorStop(1, '#20262b');
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 640, 360);
  pen.fillStyle = `hsl(${(index * 67) % 360} 28% 52%)`;
  pen.beginPath();
  pen.ellipse(320, 380, 170, 190, 0, 0, Math.PI * 2);
  pen.fill();
  pen.fillStyle = `hsl(${(index * 67) % 360} 30% 68%)`;
  pen.beginPath();
  pen.arc(320, 140, 62, 0, Math.PI * 2);
  pen.fill();
  return canvas;
}

/** A page of text, as somebody shares it. */
function drawScreen(index: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = 1280;
  canvas.height = 800;
  const pen = canvas.getContext('2d');
  if (!pen) return canvas;
  pen.fillStyle = '#fbfbf8';
  pen.fillRect(0, 0, 1280, 800);
  pen.fillStyle = '#1c2328';
  pen.font = '600 44px system-ui';
  pen.fillText(`Plan ${index + 1}`, 90, 110);
  pen.font = '26px system-ui';
  for (let line = 0; line < 14; line += 1) {
    pen.fillText('The draft is in the notes, on the second page.', 90, 180 + line * 42);
  }
  return canvas;
}

function show(id: string, canvas: HTMLCanvasElement): Picture {
  return {
    id,
    mirrored: false,
    attach(video) {
      const stream = canvas.captureStream(1);
      video.srcObject = stream;
      // A canvas gives its stream a picture only when it is drawn on.
      requestAnimationFrame(() => canvas.getContext('2d')?.drawImage(canvas, 0, 0));
      return () => {
        video.srcObject = null;
        for (const track of stream.getTracks()) track.stop();
      };
    },
  };
}

function samplePerson(index: number, sample: Sample): Person {
  const you = index === 0;
  const place = (index - 1 + names.length) % names.length;
  const round = Math.floor((index - 1) / names.length);
  const base = you ? 'Ada' : (names[place] ?? '');
  const camera_on = you ? (sample.camera_on ?? true) : index % 4 !== 3;
  const hand = sample.hands?.indexOf(index) ?? -1;
  return {
    identity: `sample-${index}`,
    name: round > 0 ? `${base} ${round + 1}` : base,
    you,
    picture: camera_on ? show(`picture-${index}`, drawPerson(index)) : null,
    camera_on,
    muted: index % 3 === 2,
    speaking: index === 1,
    bars: index === 4 ? 1 : 3,
    hand_at: hand < 0 ? null : 1_700_000_000_000 + hand,
    away: index === 7,
  };
}

function sampleShare(index: number, people: readonly Person[]): Share {
  const owner = people[index + 1];
  return {
    id: `share-${index}`,
    identity: owner?.identity ?? '',
    name: owner?.name ?? '',
    you: false,
    picture: show(`screen-${index}`, drawScreen(index)),
  };
}

function refOf(people: readonly Person[], sample: Sample, at: number): Ref {
  const by = people[sample.messages?.[at]?.by ?? 0]?.identity ?? '';
  return { by, id: `message-${at}` };
}

function sampleMessages(sample: Sample, people: readonly Person[]): Message[] {
  return (sample.messages ?? []).map((message, index) => {
    const { by, text, answers, direct, edited, reactions } = message;
    const person = people[by];
    const { identity, name, you } = person ?? { identity: '', name: '', you: false };
    const at = new Date(2026, 4, 12, 12, 1 + index).getTime();
    const to = direct === true ? { identity: 'sample-0', name: 'Ada' } : null;
    const re = answers === undefined ? null : refOf(people, sample, answers);
    const said = { identity, name, you, at, text, re, to, edited: edited === true };
    return { id: `message-${index}`, ...said, waiting: false, reactions: reactions ?? [] };
  });
}

const devices: Devices = {
  microphone: {
    list: [
      { id: 'a', label: 'Built-in microphone' },
      { id: 'b', label: 'USB headset' },
    ],
    chosen: 'a',
  },
  camera: { list: [{ id: 'c', label: 'Front camera' }], chosen: 'c' },
  speaker: { list: [{ id: 'd', label: 'USB headset' }], chosen: '' },
};

function roleOf(index: number, { host = false }: Sample): Leaf['role'] {
  // Somebody is the host of every meeting; with `host` it is oneself.
  if (index === (host ? 0 : 1)) return 'root host';
  return index === 2 ? 'co-host' : 'guest';
}

function sampleGroup(people: readonly Person[], sample: Sample): GroupView {
  const leaves = people.map(({ identity, name }, index): [string, Leaf] => [
    identity,
    { identity, name, role: roleOf(index, sample), confirmed: index !== 7 },
  ]);
  return {
    phase: sample.group_phase ?? 'in',
    end: null,
    own: people[0]?.identity ?? '',
    epoch: '12',
    code: '12345 67890 24680 13579 11223 44556',
    gate: sample.gate ?? 'open',
    mode: sample.mode ?? 'meeting',
    guests: sample.guests ?? guest_rights,
    stage: (sample.stage ?? []).map((at) => `sample-${at}`),
    codecs: ['vp9'],
    pulse: 'well',
    waiting: (sample.waiting ?? []).map((name, at) => ({
      knock: `knock-${at}`,
      id: `sample-guest-${at}`,
      name,
      note: at === 1 ? 'I am the new colleague from Lyon.' : '',
    })),
    leaves: new Map(leaves),
  };
}

function placeOf(index: number | undefined): string | null {
  return index === undefined ? null : `sample-${index}`;
}

function withRight(group: GroupView, right: GuestRight, may: boolean): GroupView {
  const others = group.guests.filter((each) => each !== right);
  return { ...group, guests: may ? [...others, right] : others };
}

function sampleRooms({ rooms = 0 }: Sample): BreakoutRoom[] {
  return Array.from({ length: rooms }, (_, at) => ({ name: `Room ${at + 1}`, link: `/#${at}` }));
}

function stageBreakouts(sample: Sample): Pick<CallModel, 'aside' | 'breakouts'> {
  const rooms = sampleRooms(sample);
  const [first] = rooms;
  const place = (at: number) => [`sample-${at}`, at % Math.max(1, rooms.length)] as const;
  const places = Array.from({ length: sample.people }, (_, at) => place(at)).slice(2);
  const told = rooms.length > 0 ? { rooms, places, choose: false } : null;
  const where = places.map(([id, at]): [string, string] => [id, rooms[at]?.name ?? '']);
  const aside = new Signal<Aside | null>(
    first && sample.aside ? { room: first, leaving: false } : null,
  );
  const breakouts: BreakoutsModel = {
    told: new Signal(told),
    where: new Signal(new Map(told && where)),
    recalled: new Signal(sample.recalled ? Date.now() + 60_000 : null),
    open: async () => undefined,
    place: async () => undefined,
    recall: async () => undefined,
    enter: (room) => aside.set({ room, leaving: false }),
    comeBack: () => aside.set(null),
    left: () => aside.set(null),
  };
  return { aside, breakouts: new Signal<BreakoutsModel | null>(breakouts) };
}

function stageSchedule({ agenda = 0 }: Sample): CallModel['schedule'] {
  const items = ['Figures of the spring', 'The new office', 'Any other business'].map((title) => ({
    title,
    minutes: 10,
  }));
  const ends_ms = Date.now() + 250_000;
  return new Signal<ScheduleModel | null>({
    agenda: new Signal(agenda > 0 ? { items, at: agenda - 1, ends_ms } : null),
    turn: new Signal(agenda > 1 ? { identity: 'sample-1', ends_ms: Date.now() + 20_000 } : null),
    go: () => undefined,
    give: () => undefined,
  });
}

type Rest = 'note' | 'reception' | 'receive' | 'volumes' | 'setVolume' | 'trouble' | 'putAside';

function stageRest(sample: Sample): Pick<CallModel, Rest> {
  const trouble = new Signal<Trouble | null>(sample.trouble ?? null);
  const reception = new Signal<Reception>('all');
  const volumes = new Signal<ReadonlyMap<string, number>>(new Map());
  return {
    trouble,
    putAside: () => trouble.set(null),
    note: () => undefined,
    reception,
    receive: (chosen) => reception.set(chosen),
    volumes,
    setVolume: (identity, volume) => volumes.set(new Map(volumes.get()).set(identity, volume)),
  };
}

/** What there is nothing to show of. */
const without_effect = {
  choose: () => undefined,
  show: () => undefined,
  playSound: () => undefined,
  copyHostLink: () => undefined,
  leave: () => undefined,
  endForEveryone: () => undefined,
} satisfies Partial<CallModel>;

/** Stages a sample. Switches, hand and chat answer; nothing leaves the page. */
function stageChat(messages: Signal<readonly Message[]>): Signal<ChatModel> {
  const ada = { identity: 'sample-0', name: 'Ada', you: true, waiting: false };
  return new Signal<ChatModel>({
    messages,
    write({ text, re }) {
      const said = { id: `message-${messages.get().length}`, at: Date.now(), text, re, to: null };
      messages.set([...messages.get(), { ...ada, ...said, edited: false, reactions: [] }]);
      return true;
    },
    edit: () => true,
    react: () => true,
  });
}

export function stageSample(sample: Sample): CallModel {
  const everybody = Array.from({ length: sample.people }, (_, at) => samplePerson(at, sample));
  const people = new Signal<readonly Person[]>(everybody);
  const group = new Signal<GroupView>(sampleGroup(everybody, sample));
  const source = (on: boolean): Signal<Source> =>
    new Signal<Source>({ on, busy: false, fault: null });
  const microphone = source(true);
  const camera = source(sample.camera_on ?? true);
  const screen = source(false);
  const messages = new Signal<readonly Message[]>(sampleMessages(sample, everybody));
  const notices = (sample.notices ?? []).map((notice, index) => ({ id: index + 1, notice }));
  const toasts = new Signal<readonly Toast[]>(notices);
  const shares = Array.from({ length: sample.shares ?? 0 }, (_, at) => sampleShare(at, everybody));
  const setOwn = (change: Partial<Person>): void =>
    people.set(people.get().map((person) => (person.you ? { ...person, ...change } : person)));
  const turn = (part: Signal<Source>, on: boolean): void => part.set({ ...part.get(), on });
  const spotlight = new Signal(placeOf(sample.spotlight));
  const compared = new Signal<ReadonlySet<string>>(new Set(['sample-1', 'sample-2']));
  return {
    phase: new Signal<Phase>(sample.phase ?? 'connected'),
    people,
    shares: new Signal<readonly Share[]>(shares),
    spotlight,
    unruly: new Signal<ReadonlySet<string>>(new Set([`sample-${sample.unruly}`])),
    speaker: new Signal<string | null>(sample.people > 1 ? 'sample-1' : null),
    heard: new Map(),
    microphone,
    camera,
    screen,
    ...without_effect,
    ...stageRest(sample),
    ...stageBreakouts(sample),
    schedule: stageSchedule(sample),
    can_share: true,
    devices: new Signal(devices),
    messages,
    chat: stageChat(messages),
    toasts,
    sound_blocked: new Signal(sample.sound_blocked ?? false),
    host: sample.host ?? false,
    lock: new Signal<Lock>(sample.lock ?? { state: 'green', reason: 'sealed' }),
    group,
    compared: { ids: compared, note: (ids) => compared.set(new Set(ids)) },
    setMicrophone(on) {
      turn(microphone, on);
      setOwn({ muted: !on });
    },
    setCamera: (on) => turn(camera, on),
    setScreen: (on) => turn(screen, on),
    raiseHand: (up) => setOwn({ hand_at: up ? Date.now() : null }),
    copyLink: () => toasts.set([{ id: 99, notice: { kind: 'copied' } }]),
    async act(act) {
      if (act.kind === 'right') group.set(withRight(group.get(), act.right, act.may));
      if (act.kind === 'spotlight') spotlight.set(act.id);
    },
    answer(knock) {
      const { waiting, ...rest } = group.get();
      group.set({ ...rest, waiting: waiting.filter((each) => each.knock !== knock) });
    },
    dismiss: (id) => toasts.set(toasts.get().filter((toast) => toast.id !== id)),
  };
}
