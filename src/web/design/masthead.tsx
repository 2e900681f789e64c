import { type ReactNode, useEffect } from 'react';
import { setLang, useLang } from '../lang.ts';
import { Mark } from './mark.tsx';

/** The top of a page outside of a call: the way home, what the page adds, and the language. */
export function Masthead({ children }: { children?: ReactNode }): ReactNode {
  return (
    <header className="masthead">
      <a className="home" href="/">
        <Mark />
        Conclave
      </a>
      {children}
      <LangSwitch />
    </header>
  );
}

/** Names the other language in itself, as its readers look for it. */
function LangSwitch(): ReactNode {
  const other = useLang() === 'fr' ? 'en' : 'fr';
  return (
    <button type="button" className="button plain" lang={other} onClick={() => setLang(other)}>
      {other === 'fr' ? 'Français' : 'English'}
    </button>
  );
}

/** Keeps the page's title in the language of the interface. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
