/**
 * A reporter for `node --test` that writes, whenever anything happens, a line of JSON: how many
 * tests passed until then and how many did not. The last line counts, even of a run that was ended. Skipped, cancelled and todo tests did not: what is not tried does not count.
 */

/**
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 */
export default async function* tally(events) {
  let passed = 0;
  let failed = 0;
  for await (const event of events) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const { details, skip, todo } = event.data;
      const tried = isFalse(skip) && isFalse(todo);
      if (event.type === 'test:pass' && tried) {
        if (details.type !== 'suite') passed += 1;
      } else if (details.type !== 'suite' || !tried || !isFromBelow(details)) failed += 1;
    }
    yield `${JSON.stringify({ passed, failed })}\n`;
  }
}

/** @param {string | boolean | undefined} mark a reason may stand in place of true */
function isFalse(mark) {
  return mark === undefined || mark === false;
}

/**
 * A suite fails along with any test in it, which is counted already; it counts by itself only
 * when its own hooks fail.
 * @param {object} details
 */
function isFromBelow(details) {
  const error = 'error' in details ? details.error : undefined;
  return error instanceof Error && 'failureType' in error && error.failureType === 'subtestsFailed';
}
