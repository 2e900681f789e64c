/** For tests: a real delivery service on real sockets, and meetings in it. */
import type { Sockets } from '#src/app/socket.ts';
import { bindKeys } from '#src/keys/index.ts';
import type { Pace } from '#src/keys/index.ts';
import { insertMeeting, meetings, newRoom, noteMedia } from '#src/keys/test-member.ts';
import { deriveDoor } from '#src/protocol/link/door.ts';
import { rootFingerprint } from '#src/protocol/link/fingerprint.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { openRoot } from '#src/protocol/link/root.ts';
import type { Bytes } from '#src/protocol/encryption/bytes.ts';
import { startBench, type Bench } from '#test/database.ts';
import { openDoors } from '#test/doors.ts';

export interface Delivery {
  readonly origin: string;
  readonly bench: Bench;
  readonly sockets: Sockets;
  /** A meeting, its link and the seed of its root key. */
  makeMeeting(): Promise<{ readonly link: Link; readonly seed: Bytes }>;
  stop(): Promise<void>;
}

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

export async function startDelivery(pace: Partial<Pace> = {}): Promise<Delivery> {
  const bench = await startBench();
  const keys = bindKeys({ meetings, media: noteMedia(), pace });
  const dispatcher = bench.dispatcher(keys.calls);
  const service = keys.service(dispatcher, bench.log);
  await service.start(new AbortController().signal);
  const { http, sockets } = await openDoors(bench, dispatcher);
  return {
    origin: http.origin,
    bench,
    sockets,
    makeMeeting: () => makeMeeting(bench),
    async stop() {
      await http.stop();
      await service.stop();
      await bench.stop();
    },
  };
}

async function makeMeeting({ db }: Bench): Promise<{ link: Link; seed: Bytes }> {
  const room = newRoom();
  const seed = random(32);
  const root = await openRoot(seed);
  const fingerprint = await rootFingerprint(root.public_key);
  const link = { room, version: 1, secret: random(32), fingerprint };
  const door = await deriveDoor(link.secret, room);
  await insertMeeting(db, { room, root: root.public_key, door });
  return { link, seed };
}
