/** What one can do to somebody: how loud they are for oneself; and for hosts, more. */
import { useRef } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { HostAct } from '../group/hosting.ts';
import type { GroupView } from './group.ts';
import { TurnField } from '../schedule/turn-field.tsx';
import { host_words } from './host.words.ts';
import type { CallModel, Person } from './model.ts';
import { PlaceOfTile } from './place-of-tile.tsx';
import type { Seating } from './seating.ts';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

/** What one's own role lets one do to theirs: as every member judges it. */
export function mayManage({ leaves, own }: GroupView, { identity, you }: Person): boolean {
  const mine = leaves.get(own)?.role;
  const theirs = leaves.get(identity)?.role;
  if (you || mine === undefined || theirs === undefined || mine === 'guest') return false;
  return theirs !== 'root host' || mine === 'root host';
}

interface ActsProps {
  readonly model: CallModel;
  readonly seating: Seating;
  readonly person: Person;
  /** Told before anything is done, so that the keyboard goes back to where it was. */
  readonly onChosen: () => void;
}

/** What there is to stop, and who is put before everybody. */
function useOrders({ model, person }: ActsProps): [string, HostAct][] {
  const w = useWords(host_words);
  const shares = useValue(model.shares);
  const spotlight = useValue(model.spotlight);
  const { identity, name, muted, camera_on, hand_at } = person;
  const ids = [identity];
  const orders: [string, HostAct][] = [];
  if (!muted) orders.push([w.mute(name), { kind: 'quiet', ids, what: ['mic'] }]);
  if (camera_on) orders.push([w.stop_video(name), { kind: 'quiet', ids, what: ['cam'] }]);
  if (shares.some((share) => share.identity === identity)) {
    orders.push([w.stop_share(name), { kind: 'quiet', ids, what: ['share'] }]);
  }
  if (hand_at !== null) orders.push([w.lower(name), { kind: 'lower', ids }]);
  const lit = spotlight === identity;
  const id = lit ? null : identity;
  orders.push([lit ? w.unlight(name) : w.light(name), { kind: 'spotlight', id }]);
  return orders;
}

/** For oneself alone: nobody else hears of it. */
function Volume({ model, person }: ActsProps): ReactNode {
  const w = useWords(host_words);
  const volume = useValue(model.volumes).get(person.identity) ?? 1;
  const set = (to: number): void => model.setVolume(person.identity, to);
  return (
    <>
      <label className={css.volume}>
        {w.volume(person.name)}
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={Math.round(volume * 100)}
          onChange={(event) => set(event.target.valueAsNumber / 100)}
        />
      </label>
      <label className={css.check} title={w.same_room_what}>
        <input
          type="checkbox"
          checked={volume === 0}
          onChange={(event) => set(event.target.checked ? 0 : 1)}
        />
        {w.same_room}
      </label>
    </>
  );
}

/** What one can do about somebody: as a host, and for oneself. */
export function PersonActs(props: ActsProps): ReactNode {
  const group = useValue(props.model.group);
  return (
    <>
      <Volume {...props} />
      <PlaceOfTile {...props} />
      {mayManage(group, props.person) && <HostActs {...props} />}
    </>
  );
}

/** As on the join page. */
const name_length_max = 60;

/** For everybody in this meeting; theirs is told of it. */
function Rename({ model, person, onChosen }: ActsProps): ReactNode {
  const w = useWords(host_words);
  const { identity, name } = person;
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const wanted = field.current?.value.trim().replace(/\s+/g, ' ') ?? '';
    if (wanted === '' || wanted === name) return field.current?.focus();
    onChosen();
    void model.act({ kind: 'rename', id: identity, name: wanted });
  };
  return (
    <form className={css.rename} onSubmit={submit}>
      <input
        ref={field}
        aria-label={w.new_name(name)}
        defaultValue={name}
        maxLength={name_length_max}
        autoComplete="off"
        spellCheck={false}
        translate="no"
      />
      <button type="submit" className={css.act}>
        {w.rename(name)}
      </button>
    </form>
  );
}

function HostActs(props: ActsProps): ReactNode {
  const w = useWords(host_words);
  const { model, seating, person, onChosen } = props;
  const { identity, name } = person;
  const { leaves, mode, stage } = useValue(model.group);
  const role = leaves.get(identity)?.role;
  const acts = useOrders(props);
  if (mode === 'event' && role === 'guest') {
    const on = !stage.includes(identity);
    const label = on ? w.on_stage(name) : w.off_stage(name);
    acts.unshift([label, { kind: 'stage', id: identity, on }]);
  }
  if (role === 'guest') acts.push([w.appoint(name), { kind: 'appoint', id: identity }]);
  if (role === 'co-host') acts.push([w.dismiss(name), { kind: 'dismiss', id: identity }]);
  const remove = (): void => {
    onChosen();
    seating.asked.set({ identity, name });
    seating.sheet.set('put-out');
  };
  return (
    <div className={css.acts}>
      <TurnField model={model} person={person} />
      <Rename {...props} />
      {acts.map(([label, act]) => (
        <button
          key={label}
          type="button"
          className={css.act}
          onClick={() => {
            onChosen();
            void model.act(act);
          }}
        >
          {label}
        </button>
      ))}
      <button type="button" className={css.act} data-look="danger" onClick={remove}>
        {w.remove(name)}
      </button>
    </div>
  );
}
