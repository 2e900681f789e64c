/** What is known about the encryption, and what to compare aloud. */
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { controls_words } from './controls.words.ts';
import { LockMark } from './lock-mark.tsx';
import { Popover } from './popover.tsx';
import type { Controls } from './toolbar.tsx';
import { useValue } from './use-value.ts';
import css from './sheets.module.css';

/** The build a person can compare with others: the name of the script they were given. */
function buildId(): string {
  return /-([\w-]{8})\.js/.exec(import.meta.url)?.[1] ?? '';
}

/** Who is in the group, with the beginning of the name that their key has. */
function Leaves(props: Controls): ReactNode {
  const w = useWords(controls_words);
  const { leaves, own } = useValue(props.model.group);
  return (
    <ul className={css.leaves}>
      {[...leaves.values()].map(({ identity, name, confirmed }) => (
        <li key={identity}>
          <bdi translate="no">{confirmed || identity === own ? (name ?? '…') : '…'}</bdi>
          <code translate="no">{identity.slice(0, 8)}</code>
          {!confirmed && identity !== own && <span>{w.lock_unconfirmed}</span>}
        </li>
      ))}
    </ul>
  );
}

export function EncryptionSheet(props: Controls): ReactNode {
  const w = useWords(controls_words);
  const { state, reason } = useValue(props.model.lock);
  const { code } = useValue(props.model.group);
  const { title, what } = w.lock[reason];
  return (
    <Popover {...props} title={w.encryption} at="top">
      <h2 className={css.state} data-state={state}>
        <LockMark state={state} size={20} /> {title}
      </h2>
      <p>{what}</p>
      {code !== null && (
        <>
          <h3>{w.lock_code}</h3>
          <p className={css.code} translate="no">
            {code}
          </p>
          <p>{w.lock_compare}</p>
        </>
      )}
      <h3>{w.lock_here}</h3>
      <Leaves {...props} />
      <p>{w.lock_server}</p>
      <p>{w.lock_served(location.host, buildId())}</p>
    </Popover>
  );
}
