/** A line that loses packets or is slow: what still arrives, and what its owner is told to do. */
import { after, before, test } from 'node:test';
import { openBrowsers } from './browser.ts';
import { freeUdpPort, startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { button, joinMeeting, meetTogether } from './journey.ts';
import { openLine } from './line.ts';
import type { Line, Shape } from './line.ts';
import { names } from './names.ts';
import type { Visitor } from './visitor.ts';

const browsers = openBrowsers();
const { en } = names;
const well: Shape = { lost_up: 0, lost_down: 0, delay_ms: 0 };
let house: TestHouse;
let line: Line;

before(async () => {
  const media_udp_port = await freeUdpPort();
  house = await startHouse({ CONCLAVE_MEDIA_UDP_PORT: String(media_udp_port) });
  line = await openLine(house.origin, media_udp_port);
});
after(async () => {
  await browsers.close();
  await line.close();
  await house.stop();
});

/** Ada sits beside the server, Ben at the end of the line. */
function withLine(play: (ada: Visitor, ben: Visitor) => Promise<void>): Promise<void> {
  return browsers.run(house.origin, (visit) =>
    browsers.run(line.origin, async (visitByLine) => {
      line.shape(well);
      const ada = await visit({ name: 'Ada', person: 0 });
      const ben = await visitByLine({ name: 'Ben', person: 1, relay_port: line.udp_port });
      const link = await meetTogether(house.origin, [ada]);
      await joinMeeting(ben, link.replace(house.origin, line.origin));
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
      await play(ada, ben);
    }),
  );
}

function told(visitor: Visitor, text: string): Promise<void> {
  return visitor.page.getByText(text, { exact: true }).waitFor({ timeout: 40_000 });
}

test('with 5 % lost and 300 ms on the way everybody is heard and seen', async () => {
  await withLine(async (ada, ben) => {
    line.shape({ lost_up: 0.05, lost_down: 0.05, delay_ms: 300 });
    await Promise.all([ada.hear(1), ben.hear(0)]);
    await Promise.all([ada.see('Ben', { frames: 20 }), ben.see('Ada', { frames: 20 })]);
  });
});

test('whose line loses what they send is told so, and what helps; what they receive, too', async () => {
  await withLine(async (ada, ben) => {
    line.shape({ ...well, lost_up: 0.2 });
    await told(ben, 'Your line is weak: others hear and see you badly.');
    await button(ben, 'Go on without my video').click();
    await button(ben, en.start_video).waitFor();
    await button(ben, 'Go on without my video').waitFor({ state: 'detached' });
    line.shape({ ...well, lost_down: 0.2 });
    await told(ben, 'Your line is weak: what you hear and see is broken.');
    await button(ben, 'Receive small pictures').click();
    await ben.page.getByText('Your line is weak').waitFor({ state: 'detached' });
    line.shape(well);
    await Promise.all([ada.hear(1), ben.see('Ada')]);
  });
});
