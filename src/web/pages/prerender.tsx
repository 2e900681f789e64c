import type { ReactNode } from 'react';
import { renderToStaticMarkup, renderToString } from 'react-dom/server';
import { joinWords } from '../../meet/web/join.words.ts';
import { Meet } from '../../meet/web/meet.tsx';
import { Trial } from '../../meet/web/trial/trial.tsx';
import { trialWords } from '../../meet/web/trial/trial.words.ts';
import { Sprite } from '../design/sprite.tsx';
import { setLang } from '../lang.ts';
import type { Lang } from '../lang.ts';
import { homeWords } from './home.words.ts';
import { Home } from './home.tsx';
import { Missing } from './missing.tsx';
import { missingWords } from './missing.words.ts';

interface Prerendered {
  readonly title: string;
  readonly body: string;
  /** What a browser without script is told. */
  readonly noscript: string;
}

interface Page {
  readonly view: () => ReactNode;
  readonly title: (lang: Lang) => string;
}

const pages = {
  home: { view: () => <Home />, title: (lang) => `Conclave – ${homeWords[lang].title}` },
  meet: { view: () => <Meet />, title: (lang) => `${joinWords[lang].title} – Conclave` },
  trial: { view: () => <Trial />, title: (lang) => `${trialWords[lang].title} – Conclave` },
  missing: { view: () => <Missing />, title: (lang) => `${missingWords[lang].title} – Conclave` },
} satisfies Record<string, Page>;

export type PageName = keyof typeof pages;

/** A page's first view in a language, as the browser receives it; the build calls this. */
export function prerender(name: PageName, lang: Lang): Prerendered {
  setLang(lang);
  const { view, title } = pages[name];
  const sprite = renderToStaticMarkup(<Sprite />);
  const body = `${sprite}<div id="page">${renderToString(view())}</div>`;
  return { title: title(lang), body, noscript: missingWords[lang].noscript };
}
