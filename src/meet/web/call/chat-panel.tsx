import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, SyntheticEvent } from 'react';
import { useLang, useWords } from '../../../web/lang.ts';
import { BarButton } from './bar.tsx';
import { controls_words } from './controls.words.ts';
import { SendIcon } from './icons.tsx';
import { splitLinks } from './linkify.ts';
import { message_max } from './model.ts';
import type { CallModel, Message } from './model.ts';
import { mayDo } from './rights.ts';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

/** The characters left are told only when they become few. */
const told_below = 200;
/** Without links in it, a list that scrolls could not be scrolled by the keyboard in Safari. */
const scrolled_by_keys = { tabIndex: 0 };

function MessageText(props: { text: string }): ReactNode {
  return splitLinks(props.text).map((part, index) =>
    part.href === undefined ? (
      part.text
    ) : (
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
        {part.text}
      </a>
    ),
  );
}

function MessageRow(props: { message: Message }): ReactNode {
  const w = useWords(controls_words);
  const lang = useLang();
  const { message } = props;
  const time = new Date(message.at).toLocaleTimeString(lang, {
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <div className={css.message}>
      <span className={css.by}>
        <bdi translate="no">{message.you ? w.you(message.name) : message.name}</bdi> · {time}
        {message.waiting && ` · ${w.chat_waiting}`}
      </span>
      <p translate="no" dir="auto">
        <MessageText text={message.text} />
      </p>
    </div>
  );
}

function Composer(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const ref = useRef<HTMLTextAreaElement>(null);
  const [left, setLeft] = useState(message_max);
  useEffect(() => {
    // A phone would raise its keyboard over the messages one came to read.
    if (matchMedia('(pointer: fine)').matches) ref.current?.focus();
  }, []);
  const post = (): void => {
    const field = ref.current;
    if (field === null || !props.model.send(field.value)) return;
    field.value = '';
    setLeft(message_max);
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    post();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    post();
  };
  return (
    <>
      {left < told_below && <p className={css.left}>{w.chat_left(left)}</p>}
      <form className={css.write} onSubmit={submit}>
        <textarea
          ref={ref}
          rows={1}
          aria-label={w.message}
          placeholder={w.message}
          maxLength={message_max}
          spellCheck={false}
          autoComplete="off"
          onKeyDown={press}
          onInput={(event) => setLeft(message_max - event.currentTarget.value.length)}
        />
        <BarButton name={w.send} onPress={post}>
          <SendIcon size={20} />
        </BarButton>
      </form>
    </>
  );
}

export function ChatPanel(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const messages = useValue(props.model.messages);
  const group = useValue(props.model.group);
  const log = useRef<HTMLDivElement>(null);
  const at_end = useRef(true);
  const last = messages.at(-1);
  useLayoutEffect(() => {
    const element = log.current;
    if (last !== undefined && at_end.current) element?.scrollTo({ top: element.scrollHeight });
  }, [last]);
  return (
    <>
      <div
        ref={log}
        role="log"
        aria-label={w.chat}
        {...scrolled_by_keys}
        className={css.scroll}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          at_end.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        {messages.length === 0 && <p className={css.empty}>{w.chat_empty}</p>}
        {messages.map((message) => (
          <MessageRow key={`${message.identity} ${message.id}`} message={message} />
        ))}
      </div>
      {mayDo(group, group.own, 'chat') ? (
        <Composer model={props.model} />
      ) : (
        <p className={css.closed}>{w.forbidden.chat}</p>
      )}
    </>
  );
}
