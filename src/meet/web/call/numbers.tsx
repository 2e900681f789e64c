/** The numbers that everybody in the group has, and the note that one has compared them. */
import { Suspense, lazy, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { encryption_words } from './encryption.words.ts';
import type { GroupView } from './group.ts';
import { load } from './load.ts';
import type { CallModel } from './model.ts';
import css from './sheets.module.css';

const QrCode = lazy(() => load(() => import('./qr-code.tsx')));

/** Numbers that changed this short a time ago are not those that were read out. */
const fresh_ms = 3000;

/** Whether the numbers have been the same for a while, or since one began to look. */
function useSettled(code: string): boolean {
  const [first] = useState(code);
  const [settled, setSettled] = useState(code);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(code), fresh_ms);
    return () => clearTimeout(timer);
  }, [code]);
  return code === settled || code === first;
}

export function Numbers(props: { model: CallModel; code: string; group: GroupView }): ReactNode {
  const w = useWords(encryption_words);
  const { model, code, group } = props;
  const settled = useSettled(code);
  const epoch = group.epoch ?? '';
  return (
    <>
      <h3>{w.code}</h3>
      <div className={css.numbers}>
        <p className={css.code} translate="no">
          {code}
        </p>
        <Suspense fallback={<div className={css.qr} />}>
          <QrCode text={`Conclave ${epoch}: ${code}`} label={w.picture} />
        </Suspense>
        <p className={css.round}>{w.round(epoch)}</p>
      </div>
      <p>{w.compare}</p>
      <button
        type="button"
        className={css.act}
        aria-disabled={!settled}
        onClick={() => settled && model.compared.note(group.leaves.keys())}
      >
        {settled ? w.same : w.same_soon}
      </button>
    </>
  );
}
