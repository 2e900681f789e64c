/** A host's rule or order → kept by every member: twenty real members on the real delivery service. */
import { agree, Browser, closeBrowsers } from '#test/group/browser.ts';
import { startDelivery } from '#test/group/delivery.ts';
import { heading, line, say, spreadOf } from './figure.ts';

const members = 20;
const rounds = 10;
const goal_ms = 300;

/** Resolves when `holds` of each of them. */
function untilAll(all: readonly Browser[], holds: (each: Browser) => boolean): Promise<unknown> {
  return Promise.all(all.map((each) => each.until('told', () => holds(each))));
}

async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const began_ms = performance.now();
  await act();
  return performance.now() - began_ms;
}

export async function benchRules(): Promise<void> {
  heading(`A host's act → kept by ${members} members, median of ${rounds}`);
  const delivery = await startDelivery();
  try {
    const { link: meeting, seed } = await delivery.makeMeeting();
    const { origin } = delivery;
    const ada = await Browser.open({ origin, meeting, root_seed: seed });
    await ada.untilIn();
    const others: Browser[] = [];
    while (others.length < members - 1) {
      others.push(await Browser.open({ origin, meeting, name: `Guest ${others.length}` }));
    }
    await untilAll(others, ({ view }) => view.phase === 'in');
    await agree(ada, ...others);
    const rules: number[] = [];
    const orders: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const may = round % 2 === 1;
      const rule = await timeOf(() =>
        Promise.all([
          ada.member.host({ kind: 'right', right: 'mic', may }),
          untilAll(others, ({ view }) => view.guests.includes('mic') === may),
        ]),
      );
      const heard = others.map(({ said }) => said.length);
      const ids = others.map(({ view }) => view.id);
      const order = await timeOf(() =>
        Promise.all([
          ada.member.host({ kind: 'quiet', ids, what: ['mic'] }),
          untilAll(others, (each) => each.said.length > (heard[others.indexOf(each)] ?? 0)),
        ]),
      );
      // The first of each warms up.
      if (round === 0) continue;
      rules.push(rule);
      orders.push(order);
    }
    const { median } = spreadOf(rules);
    line('a rule: a commit that all adopt', say(spreadOf(rules), 'ms'), `goal ${goal_ms}`);
    const ratio = `the rule ${(median / spreadOf(orders).median).toFixed(2)} ×`;
    line('an order: a message that all read', say(spreadOf(orders), 'ms'), ratio);
  } finally {
    closeBrowsers();
    await delivery.stop();
  }
}
