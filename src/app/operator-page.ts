/**
 * The operator's page, in words beside the numbers that /metrics gives to programs. Counts only: no
 * name, address or meeting is known to it. No script; the browser asks again by itself.
 */
import { createHash } from 'node:crypto';

export type Lang = 'en' | 'fr';
export type Said = Readonly<Record<Lang, string>>;

export interface Row {
  readonly name: Said | string;
  readonly value: number | Said | string;
  /** What it should be compared with, or what to do. */
  readonly note?: Said;
  readonly alarming?: boolean;
}

export interface Section {
  readonly title: Said;
  readonly rows: readonly Row[];
}

export interface OperatorPage {
  readonly html: string;
  /** Content-Security-Policy to send along. */
  readonly csp: string;
}

const again_s = 10;

const title: Said = {
  en: 'Conclave: what goes on here',
  fr: 'Conclave\u202f: ce qui se passe ici',
};
const lead: Said = {
  en: 'Counts only, since the server was started. No name, address or meeting is known to this page.',
  fr: 'Des nombres seulement, depuis le démarrage du serveur. Cette page ne connaît ni nom, ni adresse, ni réunion.',
};

const style = `
:root { color-scheme: light dark; --line: light-dark(#e2ddd2, #2d363f); --quiet: light-dark(#5c6670, #9aa6b0); --danger: light-dark(#b3261e, #ff6b61); }
body { margin: 0 auto; padding: 16px; max-inline-size: 60rem; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f6f4ef, #12161a); color: light-dark(#1c2328, #eef1f2); }
h1 { font-size: 28px; line-height: 1.2; } h2 { font-size: 20px; margin-block: 32px 8px; }
table { inline-size: 100%; border-collapse: collapse; } th, td { padding: 8px 12px 8px 0; border-block-end: 1px solid var(--line); text-align: start; vertical-align: top; font-weight: 400; }
td:nth-child(2) { font-variant-numeric: tabular-nums; font-weight: 600; overflow-wrap: anywhere; } td:last-child, p { color: var(--quiet); }
tr[data-alarming] td:nth-child(2) { color: var(--danger); }
`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}

function say(value: Row['value'], lang: Lang): string {
  if (typeof value === 'number') return new Intl.NumberFormat(lang).format(value);
  return escape(typeof value === 'string' ? value : value[lang]);
}

function drawRow({ name, value, note, alarming = false }: Row, lang: Lang): string {
  const cells = [
    `<th scope="row">${say(name, lang)}</th>`,
    `<td>${say(value, lang)}</td>`,
    `<td>${note ? say(note, lang) : ''}</td>`,
  ];
  return `<tr${alarming ? ' data-alarming' : ''}>${cells.join('')}</tr>`;
}

export function drawOperatorPage(sections: readonly Section[], lang: Lang): OperatorPage {
  const drawn = sections.map(({ title: heading, rows }) => {
    const body = rows.map((row) => drawRow(row, lang)).join('\n');
    return `<h2>${say(heading, lang)}</h2>\n<table>${body}</table>`;
  });
  const html = [
    '<!doctype html>',
    `<html lang="${lang}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="refresh" content="${again_s}">`,
    `<title>${say(title, lang)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<main><h1>${say(title, lang)}</h1>`,
    `<p>${say(lead, lang)}</p>`,
    ...drawn,
    '</main>',
    '</body>',
    '</html>',
  ].join('\n');
  const hash = createHash('sha256').update(style).digest('base64');
  return { html, csp: `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'` };
}
