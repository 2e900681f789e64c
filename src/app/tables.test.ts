import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { startBench, type Bench } from '#test/database.ts';

let bench: Bench;
before(async () => {
  bench = await startBench();
});
after(() => bench.stop());

/** `table.column` or `table.column?` for every property of the interfaces in tables.ts. */
async function declared(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, 'tables.ts'), 'utf8');
  const names = [...text.matchAll(/^ {2}(\w+): (\w+)Table;$/gm)];
  return names.flatMap(([, table = '', type = '']) => {
    const body = new RegExp(`interface ${type}Table \\{\\n([^}]*)\\}`).exec(text)?.[1] ?? '';
    const columns = [...body.matchAll(/^ {2}(\w+): (.+);$/gm)];
    return columns.map(
      ([, column = '', kind = '']) => `${table}.${column}${kind.includes('| null') ? '?' : ''}`,
    );
  });
}

test('tables.ts is what the migrations make', async () => {
  const { rows } = await sql<{ text: string }>`
    select table_name || '.' || column_name || case is_nullable when 'YES' then '?' else '' end as text
    from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%'`.execute(bench.db);
  const found = rows.map(({ text }) => text).toSorted();
  assert.ok(found.length > 10);
  assert.deepEqual((await declared()).toSorted(), found);
});
