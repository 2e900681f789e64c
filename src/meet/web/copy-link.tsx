import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Icon } from '../../web/design/icon.tsx';
import { useWords } from '../../web/lang.ts';
import { joinWords } from './join.words.ts';

const shown_ms = 2500;

/** Puts the link on the clipboard; offers the system's share sheet where there is one. */
export function CopyLink({ url }: { url: string }): ReactNode {
  const text = useWords(joinWords);
  const [is_copied, setCopied] = useState(false);

  useEffect(() => {
    if (!is_copied) return undefined;
    const timer = setTimeout(() => setCopied(false), shown_ms);
    return () => clearTimeout(timer);
  }, [is_copied]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(url);
      setCopied(true);
    } catch {
      // The clipboard is closed to pages here: the browser's own dialog has the link to copy.
      prompt(text.copy, url);
    }
  }

  return (
    <div className="links">
      <button type="button" className="button" aria-label={text.copy} onClick={() => void copy()}>
        <Icon name={is_copied ? 'check' : 'copy'} />
        {/* Both texts hold the width, so that nothing moves when one replaces the other. */}
        <span className="swap" data-second={is_copied}>
          <span>{text.copy}</span>
          <span>{text.copied}</span>
        </span>
      </button>
      {/* Shown by the early script where the browser has such a sheet. */}
      <button
        type="button"
        className="button share"
        aria-label={text.share}
        // A person who closes the sheet has changed their mind, and needs no message.
        onClick={() => void navigator.share({ url }).catch(() => undefined)}
      >
        <Icon name="share" />
      </button>
      <output className="visually-hidden">{is_copied && text.copied}</output>
    </div>
  );
}
