import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useLang, useWords } from '../../../web/lang.ts';
import { BarButton } from '../call/bar.tsx';
import { controls_words } from '../call/controls.words.ts';
import { DownloadIcon } from '../call/icons.tsx';
import type { CallModel, Person } from '../call/model.ts';
import { mayDo } from '../call/rights.ts';
import { useValue } from '../call/use-value.ts';
import { chat_words } from './chat.words.ts';
import { Composer, nothing_special } from './composer.tsx';
import type { Intent } from './composer.tsx';
import { search } from './log.ts';
import { MessageRow } from './message-row.tsx';
import type { RowActs } from './message-row.tsx';
import { isOf } from './model.ts';
import type { ChatModel, Message } from './model.ts';
import { writeTranscript } from './transcript.ts';
import panel from '../call/panel.module.css';
import css from './chat.module.css';

/** Without links in it, a list that scrolls could not be scrolled by the keyboard in Safari. */
const scrolled_by_keys = { tabIndex: 0 };
/** Of so few one sees all. */
const searched_from = 5;

interface Finding {
  readonly shown: readonly Message[];
  readonly messages: readonly Message[];
  readonly sought: string;
  readonly onSeek: (text: string) => void;
}

/** A search, and the chat as a file of one's own. */
function Finder({ shown, messages, sought, onSeek }: Finding): ReactNode {
  const w = useWords(chat_words);
  const lang = useLang();
  const save = (): void => {
    const text = writeTranscript(messages, lang, w);
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
    const day = new Date().toISOString().slice(0, 10);
    Object.assign(document.createElement('a'), {
      href: url,
      download: `${w.file}-${day}.txt`,
    }).click();
    URL.revokeObjectURL(url);
  };
  return (
    <div className={css.finder}>
      <input
        type="search"
        aria-label={w.search}
        placeholder={w.search}
        value={sought}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onSeek(event.target.value)}
      />
      <BarButton name={w.keep} look="plain" onPress={save}>
        <DownloadIcon size={18} />
      </BarButton>
      <output className={css.found}>{sought !== '' && w.found(shown.length)}</output>
    </div>
  );
}

/** The list stays at its end while one is there. */
function useEnd(last: Message | undefined) {
  const log = useRef<HTMLDivElement>(null);
  const at_end = useRef(true);
  useLayoutEffect(() => {
    const element = log.current;
    if (last !== undefined && at_end.current) element?.scrollTo({ top: element.scrollHeight });
  }, [last]);
  const follow = (): void => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = log.current ?? {};
    at_end.current = scrollHeight - scrollTop - clientHeight < 40;
  };
  return { log, follow };
}

/** Who is called what: another map only where a name is another. People speak, and rows need not hear. */
function useNames(people: readonly Person[]): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const is_same =
    names.size === people.length &&
    people.every(({ identity, name }) => names.get(identity) === name);
  if (is_same) return names;
  const changed = new Map(people.map(({ identity, name }) => [identity, name]));
  setNames(changed);
  return changed;
}

function findAnswered(messages: readonly Message[], { re }: Message): Message | null {
  return (re && messages.find((one) => isOf(re, one))) ?? null;
}

function carryOut(chat: ChatModel, { kind, message, to }: Intent, text: string): boolean {
  if (kind === 'edit' && message) return chat.edit(message.id, text);
  if (kind !== 'reply' || !message) return chat.write({ text, re: null, to: to || null });
  // A reply to a private message is as private.
  const other = message.you ? message.to?.identity : message.identity;
  const re = { by: message.identity, id: message.id };
  return chat.write({ text, re, to: message.to ? (other ?? null) : null });
}

export function ChatPanel({ model }: { readonly model: CallModel }): ReactNode {
  const w = useWords(chat_words);
  const c = useWords(controls_words);
  const chat = useValue(model.chat);
  const messages = useValue(model.messages);
  const group = useValue(model.group);
  const people = useValue(model.people);
  const [sought, setSought] = useState('');
  const [intent, setIntent] = useState<Intent>(nothing_special);
  const shown = useMemo(() => search(messages, sought), [messages, sought]);
  const { log, follow } = useEnd(sought === '' ? messages.at(-1) : undefined);
  const { own, leaves } = group;
  const others = people.filter(({ you, identity }) => !you && leaves.has(identity));
  const names = useNames(people);
  const acts = useMemo<RowActs>(
    () => ({
      nameOf: (identity) => names.get(identity) ?? w.somebody,
      onReact: (message, sign) => void chat?.react(message, sign),
      onReply: (message) => setIntent({ kind: 'reply', message, to: '' }),
      onEdit: (message) => setIntent({ kind: 'edit', message, to: '' }),
      onTakeBack: (message) => void chat?.edit(message.id, ''),
      onDirect: ({ identity }) => setIntent({ kind: 'new', message: null, to: identity }),
    }),
    [chat, names, w],
  );
  const send = (text: string): boolean => {
    const sent = chat !== null && carryOut(chat, intent, text);
    if (sent && intent.kind !== 'new') setIntent(nothing_special);
    return sent;
  };
  const may_write = mayDo(group, own, 'chat');
  return (
    <>
      {messages.length >= searched_from && (
        <Finder shown={shown} messages={messages} sought={sought} onSeek={setSought} />
      )}
      <div
        ref={log}
        role="log"
        aria-label={c.chat}
        {...scrolled_by_keys}
        className={panel.scroll}
        onScroll={follow}
      >
        {messages.length === 0 && <p className={panel.empty}>{w.empty}</p>}
        {shown.map((message) => (
          <MessageRow
            key={`${message.identity} ${message.id}`}
            {...acts}
            message={message}
            answered={findAnswered(messages, message)}
            own={own}
            may_write={may_write}
            may_react={mayDo(group, own, 'react')}
          />
        ))}
      </div>
      {may_write ? (
        <Composer intent={intent} people={others} onIntent={setIntent} onSend={send} />
      ) : (
        <p className={css.closed}>{c.forbidden.chat}</p>
      )}
    </>
  );
}
