import { type ReactNode, type SubmitEvent, useState } from 'react';
import { formatHostLink, formatLink } from '../../protocol/link/link.ts';
import type { LinkFault } from '../../protocol/link/link.ts';
import { parseLink } from '../../protocol/link/pasted.ts';

export interface LinkFieldProps {
  readonly label: string;
  readonly action: string;
  readonly empty: string;
  readonly faults: Readonly<Record<LinkFault, string>>;
}

/** A field for a meeting link, pasted with whatever stands around it, and the button beside it. */
export function LinkField({ label, action, empty, faults }: LinkFieldProps): ReactNode {
  const [fault, setFault] = useState<LinkFault | 'empty' | null>(null);

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('link');
    const typed = typeof text === 'string' ? text.trim() : '';
    const parsed = parseLink(typed, location.host);
    setFault(typed === '' ? 'empty' : parsed.fault);
    const { link } = parsed;
    if (link) follow(parsed.seed ? formatHostLink(link, parsed.seed) : formatLink(link));
    else event.currentTarget.querySelector('input')?.focus();
  }

  return (
    <form className="link-field" onSubmit={submit} noValidate>
      <div className="link-row">
        <input
          className="field"
          name="link"
          aria-label={label}
          placeholder={label}
          aria-invalid={fault !== null}
          aria-describedby="link-fault"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <button type="submit" className="button">
          {action}
        </button>
      </div>
      <output id="link-fault" className="fault">
        {fault === 'empty' ? empty : fault && faults[fault]}
      </output>
    </form>
  );
}

/** A change of the fragment alone loads nothing, so the page is loaded on purpose. */
function follow(path: string): void {
  const same_page = path.split('#')[0] === location.pathname;
  location.assign(path);
  if (same_page) location.reload();
}
