/**
 * `npm run bench`, or `npm run bench -- join events` for some of it. Everything is printed beside a
 * rival or a bare baseline of the same run; nothing is asserted.
 */
import { benchCpu } from './cpu.ts';
import { benchEncryption } from './encryption.ts';
import { benchEvents } from './events.ts';
import { benchFrames } from './frames.ts';
import { benchGroups } from './groups.ts';
import { benchIdle } from './idle.ts';
import { benchJavascript } from './javascript.ts';
import { benchJoin } from './join.ts';
import { benchPicture } from './picture.ts';
import { benchRules } from './rules.ts';
import { benchTiles } from './tiles.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  javascript: benchJavascript,
  join: benchJoin,
  encryption: benchEncryption,
  picture: benchPicture,
  frames: benchFrames,
  groups: benchGroups,
  rules: benchRules,
  cpu: benchCpu,
  tiles: benchTiles,
  idle: benchIdle,
  events: benchEvents,
};

const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
