import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, SyntheticEvent } from 'react';
import { useWords } from '../../../web/lang.ts';
import { BarButton } from '../call/bar.tsx';
import { controls_words } from '../call/controls.words.ts';
import { CloseIcon, SendIcon } from '../call/icons.tsx';
import { chat_words } from './chat.words.ts';
import { readCalled, suggest } from './mentions.ts';
import { message_max } from './model.ts';
import type { Message } from './model.ts';
import css from './chat.module.css';

/** The characters left are told only when they become few. */
const told_below = 200;
const suggested_max = 5;

/** What is being written: something new, an answer, or another text of what was written. */
export interface Intent {
  readonly kind: 'new' | 'reply' | 'edit';
  readonly message: Message | null;
  /** Identity of whoever is to read it alone; '' for everybody. */
  readonly to: string;
}

export interface Addressee {
  readonly identity: string;
  readonly name: string;
}

interface ComposerProps {
  readonly intent: Intent;
  readonly people: readonly Addressee[];
  readonly onIntent: (intent: Intent) => void;
  readonly onSend: (text: string) => boolean;
}

export const nothing_special: Intent = { kind: 'new', message: null, to: '' };

/** To whom, and in answer to what. */
function Heading({ intent, people, onIntent }: ComposerProps): ReactNode {
  const w = useWords(chat_words);
  const { kind, message, to } = intent;
  const title =
    kind === 'edit' ? w.editing : kind === 'reply' && message ? w.replying(message.name) : null;
  return (
    <>
      {title !== null && (
        <div className={css.intent}>
          <span>{title}</span>
          <BarButton name={w.cancel} look="plain" onPress={() => onIntent(nothing_special)}>
            <CloseIcon size={16} />
          </BarButton>
        </div>
      )}
      {kind === 'new' && people.length > 0 && (
        <label className={css.to}>
          {w.to}
          <select value={to} onChange={(event) => onIntent({ ...intent, to: event.target.value })}>
            <option value="">{w.everybody}</option>
            {people.map(({ identity, name }) => (
              <option key={identity} value={identity}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === 'new' && to !== '' && <p className={css.note}>{w.only_two}</p>}
    </>
  );
}

interface Called {
  readonly at: number;
  readonly names: readonly string[];
}

interface MentionsProps {
  readonly id: string;
  readonly called: Called;
  readonly chosen: number;
  readonly onChoose: (name: string) => void;
}

/** The keyboard stays in the field: the list shows what Enter would take. */
function Mentions({ id, called, chosen, onChoose }: MentionsProps): ReactNode {
  const w = useWords(chat_words);
  return (
    <select
      id={id}
      className={css.mentions}
      aria-label={w.people}
      tabIndex={-1}
      // Of one name it would be a list to unfold.
      size={Math.max(2, called.names.length)}
      value={called.names[chosen]}
      onChange={(event) => onChoose(event.target.value)}
    >
      {called.names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** The names that fit what is being typed after an `@`, and the keys that choose among them. */
function useMentions(people: readonly Addressee[]) {
  const [found, setFound] = useState<ReturnType<typeof readCalled>>(null);
  const [chosen, setChosen] = useState(0);
  const all = people.map(({ name }) => name);
  const names = found ? suggest(all, found.typed, suggested_max) : [];
  const called: Called | null = found && names.length > 0 ? { at: found.at, names } : null;
  const look = ({ value, selectionStart }: HTMLTextAreaElement): void => {
    setFound(readCalled(value, selectionStart));
    setChosen(0);
  };
  const choose = (field: HTMLTextAreaElement, name: string): void => {
    if (!called) return;
    field.setRangeText(`@${name} `, called.at, field.selectionStart, 'end');
    field.focus();
    setFound(null);
  };
  /** Whether the key was for the list. */
  const press = ({ key, currentTarget: field }: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    if (!called) return false;
    const step = { ArrowDown: 1, ArrowUp: names.length - 1 }[key];
    if (step !== undefined) setChosen((chosen + step) % names.length);
    else if (key === 'Enter' || key === 'Tab') choose(field, names[chosen] ?? '');
    else if (key === 'Escape') setFound(null);
    else return false;
    return true;
  };
  return { called, chosen, look, choose, press };
}

/** What is in the field: it follows the intent, and is sent. */
function useField({ intent, onSend }: ComposerProps) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const [left, setLeft] = useState(message_max);
  const { kind, message } = intent;
  useEffect(() => {
    const field = ref.current;
    if (!field) return;
    if (kind === 'edit' && message) field.value = message.text;
    // A phone would raise its keyboard over the messages one came to read.
    if (message !== null || matchMedia('(pointer: fine)').matches) field.focus();
  }, [kind, message]);
  const write = (text: string): void => {
    if (ref.current) ref.current.value = text;
    setLeft(message_max - text.length);
  };
  const post = (): void => {
    if (ref.current && onSend(ref.current.value)) write('');
  };
  return { ref, left, setLeft, write, post };
}

export function Composer(props: ComposerProps): ReactNode {
  const c = useWords(controls_words);
  const w = useWords(chat_words);
  const { intent, people, onIntent } = props;
  const list = useId();
  const { ref, left, setLeft, write, post } = useField(props);
  const { called, chosen, look, choose, press } = useMentions(people);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    post();
  };
  const key = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const is_sent = event.key === 'Enter' && !event.shiftKey;
    const is_given_up = event.key === 'Escape' && intent.kind !== 'new';
    const is_taken = press(event);
    if (!is_taken && !is_given_up && !is_sent) return;
    event.preventDefault();
    // The panel would close on it.
    if (event.key === 'Escape') event.stopPropagation();
    if (is_taken) return;
    if (is_sent) return post();
    write('');
    onIntent(nothing_special);
  };
  return (
    <>
      {left < told_below && <p className={css.left}>{w.left(left)}</p>}
      <Heading {...props} />
      {called && (
        <Mentions
          id={list}
          called={called}
          chosen={chosen}
          onChoose={(name) => ref.current && choose(ref.current, name)}
        />
      )}
      <form className={css.write} onSubmit={submit}>
        <textarea
          ref={ref}
          rows={1}
          aria-label={c.message}
          placeholder={c.message}
          maxLength={message_max}
          spellCheck={false}
          autoComplete="off"
          aria-controls={called ? list : undefined}
          onKeyDown={key}
          onInput={({ currentTarget: field }) => {
            setLeft(message_max - field.value.length);
            look(field);
          }}
        />
        <BarButton name={intent.kind === 'edit' ? w.save : c.send} onPress={post}>
          <SendIcon size={20} />
        </BarButton>
      </form>
    </>
  );
}
