import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { Icon } from '../../web/design/icon.tsx';
import { useWords } from '../../web/lang.ts';
import { joinWords } from './join.words.ts';

const shown_ms = 2500;
const canShare = (): boolean => 'share' in navigator;
/** A browser gains no share sheet while the page is open. */
const subscribe = (): (() => void) => () => undefined;

/** Puts the link on the clipboard; offers the system's share sheet where there is one. */
export function CopyLink({ url }: { url: string }): ReactNode {
  const text = useWords(joinWords);
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const may_share = useSyncExternalStore(subscribe, canShare, () => false);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (state === 'refused') field.current?.select();
    if (state !== 'copied') return undefined;
    const timer = setTimeout(() => setState('idle'), shown_ms);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(url);
      setState('copied');
    } catch {
      setState('refused');
    }
  }

  const is_copied = state === 'copied';
  return (
    <>
      <div className="links">
        <button type="button" className="button" aria-label={text.copy} onClick={() => void copy()}>
          <Icon name={is_copied ? 'check' : 'copy'} />
          {/* Both texts hold the width, so that nothing moves when one replaces the other. */}
          <span className="swap" data-second={is_copied}>
            <span>{text.copy}</span>
            <span>{text.copied}</span>
          </span>
        </button>
        {may_share && (
          <button
            type="button"
            className="button"
            aria-label={text.share}
            // A person who closes the sheet has changed their mind, and needs no message.
            onClick={() => void navigator.share({ url }).catch(() => undefined)}
          >
            <Icon name="share" />
          </button>
        )}
      </div>
      {state === 'refused' && (
        <input ref={field} className="field" readOnly value={url} aria-label={text.copy} />
      )}
      <output className="visually-hidden">{is_copied && text.copied}</output>
    </>
  );
}
