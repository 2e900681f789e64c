import { memo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useLang, useWords } from '../../../web/lang.ts';
import { MoreIcon } from '../call/icons.tsx';
import { signs } from '../group/signs.ts';
import type { Sign } from '../group/signs.ts';
import { chat_words } from './chat.words.ts';
import { formatMessage, plainText } from './formatting.ts';
import type { Span } from './formatting.ts';
import type { Message } from './model.ts';
import { SignIcon } from './sign-icon.tsx';
import css from './chat.module.css';

/** What a row may ask of the panel. */
export interface RowActs {
  readonly nameOf: (identity: string) => string;
  readonly onReact: (message: Message, sign: Sign) => void;
  readonly onReply: (message: Message) => void;
  readonly onEdit: (message: Message) => void;
  readonly onTakeBack: (message: Message) => void;
  readonly onDirect: (message: Message) => void;
}

function SpanView({ span }: { readonly span: Span }): ReactNode {
  const { text, href, marks } = span;
  const inner: ReactNode =
    href === undefined ? (
      text
    ) : (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {text}
      </a>
    );
  return marks.reduceRight<ReactNode>((within, Mark) => <Mark>{within}</Mark>, inner);
}

export function MessageText({ text }: { readonly text: string }): ReactNode {
  return formatMessage(text).map((block, at) =>
    block.kind === 'code' ? (
      <pre key={at} dir="ltr">
        <code>{block.text}</code>
      </pre>
    ) : (
      <p key={at} translate="no" dir="auto">
        {block.spans.map((span, index) => (
          <SpanView key={index} span={span} />
        ))}
      </p>
    ),
  );
}

interface RowProps extends RowActs {
  readonly message: Message;
  /** What it answers, where that is here. */
  readonly answered: Message | null;
  readonly own: string;
  /** Whether one may write now. */
  readonly may_write: boolean;
  readonly may_react: boolean;
}

function Reactions({ message, own, may_react, nameOf, onReact }: RowProps): ReactNode {
  const w = useWords(chat_words);
  const lang = useLang();
  if (message.reactions.length === 0) return null;
  return (
    <div className={css.signs}>
      {message.reactions.map(({ sign, by }) => {
        const names = by.map((identity) => (identity === own ? w.you : nameOf(identity)));
        const listed = new Intl.ListFormat(lang).format(names);
        return (
          <button
            key={sign}
            type="button"
            className={css.chip}
            aria-pressed={by.includes(own)}
            aria-disabled={!may_react}
            title={listed}
            onClick={() => may_react && onReact(message, sign)}
          >
            <span aria-hidden="true">
              <SignIcon sign={sign} /> {by.length}
            </span>
            <span className="visually-hidden">{w.reacted(w.signs[sign], listed)}</span>
          </button>
        );
      })}
    </div>
  );
}

/** What one can do about a message, below it. */
function Acts(props: RowProps & { readonly onDone: () => void }): ReactNode {
  const w = useWords(chat_words);
  const { message, own, may_react, may_write, onDone } = props;
  // What one wrote from another seat is nobody's to change any more.
  const is_own = message.identity === own;
  const act = (label: string, run: (message: Message) => void): ReactNode => (
    <button
      type="button"
      className={css.act}
      onClick={() => {
        onDone();
        run(message);
      }}
    >
      {label}
    </button>
  );
  return (
    <div className={css.acts}>
      {may_react && !message.to && (
        <div className={css.signs}>
          {signs.map((sign) => (
            <button
              key={sign}
              type="button"
              className={css.sign}
              aria-label={w.react(w.signs[sign])}
              onClick={() => {
                onDone();
                props.onReact(message, sign);
              }}
            >
              <SignIcon sign={sign} />
            </button>
          ))}
        </div>
      )}
      {may_write && act(w.reply, props.onReply)}
      {may_write && is_own && act(w.edit, props.onEdit)}
      {may_write && is_own && act(w.take_back, props.onTakeBack)}
      {may_write && !message.you && act(w.write_direct(message.name), props.onDirect)}
    </div>
  );
}

function Answered({ message }: { readonly message: Message | null }): ReactNode {
  const w = useWords(chat_words);
  return (
    <blockquote className={css.answered}>
      {message ? (
        <>
          <span>{w.replies_to(message.name)}</span>
          <span translate="no" dir="auto">
            {message.text === '' ? w.taken_back : plainText(message.text)}
          </span>
        </>
      ) : (
        w.replies_to(w.gone)
      )}
    </blockquote>
  );
}

export const MessageRow = memo(function MessageRow(props: RowProps): ReactNode {
  const w = useWords(chat_words);
  const lang = useLang();
  const { message, answered, own } = props;
  const [is_open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const time = new Date(message.at).toLocaleTimeString(lang, {
    hour: '2-digit',
    minute: '2-digit',
  });
  const { name, you, to, text } = message;
  const whom = to && (to.identity === own ? w.only_you : w.privately(to.name));
  const done = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <article className={css.message} data-private={to !== null} aria-label={`${name}, ${time}`}>
      <div className={css.head}>
        <span className={css.by}>
          <bdi translate="no">{you ? `${name} (${w.you})` : name}</bdi> · {time}
          {whom && ` · ${whom}`}
          {message.edited && text !== '' && ` · ${w.edited}`}
          {message.waiting && ` · ${w.waiting}`}
        </span>
        {text !== '' && !message.waiting && (
          <button
            ref={opener}
            type="button"
            className={css.more}
            aria-label={you ? w.own_options(time) : w.options(name, time)}
            aria-expanded={is_open}
            onClick={() => setOpen(!is_open)}
          >
            <MoreIcon size={16} />
          </button>
        )}
      </div>
      {message.re && <Answered message={answered} />}
      {text === '' ? <p className={css.gone}>{w.taken_back}</p> : <MessageText text={text} />}
      <Reactions {...props} />
      {is_open && text !== '' && <Acts {...props} onDone={done} />}
    </article>
  );
});
