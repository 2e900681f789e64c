/** French as it is printed: every text of the interface, whichever area it belongs to. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite, test } from 'node:test';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every text below `words`; functions are asked with a small number for each parameter. */
function textsOf(words: unknown): string[] {
  if (typeof words === 'string') return [words];
  if (typeof words === 'function')
    return textsOf((words as (...all: number[]) => unknown)(3, 3, 3));
  if (typeof words === 'object' && words !== null) return Object.values(words).flatMap(textsOf);
  return [];
}

/** What is wrong with a French text, or null. */
function faultOf(text: string): string | null {
  if (text.includes("'")) return 'a straight apostrophe';
  if (/[^\u202f][;!?»]/.test(text)) return 'no narrow no-break space before ; ! ? »';
  if (/[^\u202f\d]:(?!\/\/|\d)/.test(text)) return 'no narrow no-break space before the colon';
  if (/«[^\u202f]/.test(text)) return 'no narrow no-break space after «';
  return text.includes('...') ? 'three full stops instead of an ellipsis' : null;
}

void suite('French', () => {
  void test('a fault is found', () => {
    const wrong = ["l'eau", 'Qui ?', 'Qui?', 'Note :', 'Note:', '«Non\u202f»', 'Attendez...'];
    for (const text of wrong) assert.notEqual(faultOf(text), null, text);
    const right = [
      'l’eau',
      'Qui\u202f?',
      'à 12:30',
      ['https', 'ici'].join('://'),
      '«\u202fNon\u202f»',
      'Attendez…',
    ];
    for (const text of right) assert.equal(faultOf(text), null, text);
  });

  void test('every text', async () => {
    const files = globSync('src/**/*.words.ts', { cwd: root });
    assert.ok(files.length > 3);
    const wrong: string[] = [];
    for (const file of files) {
      const module = (await import(`${root}${file}`)) as Record<string, unknown>;
      for (const area of Object.values(module)) {
        if (typeof area !== 'object' || area === null || !('fr' in area)) continue;
        for (const text of textsOf(area.fr)) {
          const fault = faultOf(text);
          if (fault !== null) wrong.push(`${file}: ${fault}: ${text}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
});
