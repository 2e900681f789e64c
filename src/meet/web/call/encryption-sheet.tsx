/** What is known about the encryption, and what to compare aloud. */
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { controls_words } from './controls.words.ts';
import { encryption_words } from './encryption.words.ts';
import type { Leaf } from './group.ts';
import { LockMark } from './lock-mark.tsx';
import { Numbers } from './numbers.tsx';
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
  const w = useWords(encryption_words);
  const { leaves, own } = useValue(props.model.group);
  const compared = useValue(props.model.compared.ids);
  const stateOf = ({ identity, confirmed }: Leaf): string | null => {
    if (identity === own) return null;
    if (!confirmed) return w.unconfirmed;
    if (compared.has(identity)) return w.compared;
    return compared.size > 0 ? w.not_compared : null;
  };
  return (
    <ul className={css.leaves}>
      {[...leaves.values()].map((leaf) => (
        <li key={leaf.identity}>
          <bdi translate="no">
            {leaf.confirmed || leaf.identity === own ? (leaf.name ?? '…') : '…'}
          </bdi>
          <span className={css.standing}>{stateOf(leaf)}</span>
          <code translate="no">{leaf.identity.slice(0, 8)}</code>
        </li>
      ))}
    </ul>
  );
}

export function EncryptionSheet(props: Controls): ReactNode {
  const { encryption, lock } = useWords(controls_words);
  const w = useWords(encryption_words);
  const { state, reason } = useValue(props.model.lock);
  const group = useValue(props.model.group);
  const { title, what } = lock[reason];
  return (
    <Popover {...props} title={encryption} at="top">
      <h2 className={css.state} data-state={state}>
        <LockMark state={state} size={20} /> {title}
      </h2>
      <p>{what}</p>
      {group.code !== null && <Numbers model={props.model} code={group.code} group={group} />}
      <h3>{w.here}</h3>
      <Leaves {...props} />
      <p>{w.server}</p>
      <p>{w.served(location.host, buildId())}</p>
    </Popover>
  );
}
