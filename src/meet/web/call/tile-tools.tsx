/** What one can do at the tiles: pin one, turn the page, and where there are none, invite. */
import { useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useWords } from '../../../web/lang.ts';
import { BackIcon, CopyIcon, NextIcon, PinIcon, UnpinIcon } from './icons.tsx';
import type { CallModel } from './model.ts';
import type { Seating } from './seating.ts';
import { controls_words } from './controls.words.ts';
import { host_words } from './host.words.ts';
import { useDue } from './use-due.ts';
import { useValue } from './use-value.ts';
import tile from './tile.module.css';
import stage from './stage.module.css';

interface PinProps {
  readonly name: string;
  readonly pinned: boolean;
  readonly onPin: () => void;
}

export function Pin(props: PinProps): ReactNode {
  const w = useWords(controls_words);
  const label = props.pinned ? w.unpin(props.name) : w.pin(props.name);
  return (
    <button type="button" className={tile.pin} aria-label={label} onClick={props.onPin}>
      {props.pinned ? <UnpinIcon size={18} /> : <PinIcon size={18} />}
    </button>
  );
}

interface PagesProps {
  readonly seating: Seating;
  readonly page: number;
  readonly pages: number;
}

export function Pages(props: PagesProps): ReactNode {
  const w = useWords(controls_words);
  const { seating, page, pages } = props;
  return (
    <>
      <button
        type="button"
        className={stage.turn}
        aria-label={w.last_page}
        disabled={page === 0}
        onClick={() => seating.page.set(page - 1)}
      >
        <BackIcon size={20} />
      </button>
      <span>{w.page(page + 1, pages)}</span>
      <button
        type="button"
        className={stage.turn}
        aria-label={w.next_page}
        disabled={page === pages - 1}
        onClick={() => seating.page.set(page + 1)}
      >
        <NextIcon size={20} />
      </button>
    </>
  );
}

/** UTF-16 units, as the note of a knock may have (encryption design, section 3.3). */
const note_length_max = 300;
/** Where the door is open one is in before there is anything to read. */
const let_in_ms = 1500;

function AtDoor({ model }: { readonly model: CallModel }): ReactNode {
  const w = useWords(host_words);
  if (!useDue(let_in_ms)) return null;
  return (
    <>
      <output>
        <h2>{w.at_door}</h2>
        <p>{w.at_door_how}</p>
      </output>
      <NoteForm model={model} />
    </>
  );
}

/** What whoever waits wants the hosts to read. */
function NoteForm({ model }: { readonly model: CallModel }): ReactNode {
  const w = useWords(host_words);
  const [text, setText] = useState('');
  const [sent, setSent] = useState<string | null>(null);
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    model.note(text.trim());
    setSent(text);
  };
  return (
    <form className={stage.note} onSubmit={send}>
      <label>
        {w.note}
        <textarea
          rows={2}
          value={text}
          maxLength={note_length_max}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className={stage.invite} disabled={text === (sent ?? '')}>
        {w.note_send}
      </button>
      <output>{sent === text && sent !== '' && w.note_sent}</output>
    </form>
  );
}

/** Nobody else is to be seen: they wait at the door, or what to do about it. */
export function Alone(props: { readonly model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const { phase } = useValue(props.model.group);
  if (phase === 'waiting') return <AtDoor model={props.model} />;
  if (phase === 'connecting') return null;
  return (
    <>
      <h2>{w.alone}</h2>
      <p>{w.alone_how}</p>
      <button type="button" className={stage.invite} onClick={() => props.model.copyLink()}>
        <CopyIcon size={18} /> {w.copy_link}
      </button>
    </>
  );
}
