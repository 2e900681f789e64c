/** For tests: somebody in a meeting's group who has a media token, without a page. */
import { parseFragment } from '#src/protocol/link/link.ts';
import { Browser } from './group/browser.ts';
import type { MadeMeeting } from './program.ts';

export interface TestLeaf {
  readonly identity: string;
  readonly token: string;
  readonly leave: () => Promise<void>;
}

/** Ends with `closeBrowsers`. */
export async function takeLeaf(origin: string, meeting: MadeMeeting): Promise<TestLeaf> {
  const { link } = parseFragment(meeting.room, new URL(meeting.link, origin).hash);
  if (!link) throw new Error('a meeting without a link');
  const browser = await Browser.open({ origin, meeting: link, name: 'Eve' });
  const { token } = await browser.member.token();
  // The token is there with the Welcome; a leaf that says goodbye has opened it.
  await browser.untilIn();
  return {
    identity: browser.view.id,
    token,
    leave: () => browser.member.leave(),
  };
}
