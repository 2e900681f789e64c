/** For tests: a real delivery service on real sockets, and meetings in it. */
import { createHash } from 'node:crypto';
import { createHttp } from '#src/app/http.ts';
import { Sockets } from '#src/app/socket.ts';
import { readConfig } from '#src/config.ts';
import { bindKeys } from '#src/keys/index.ts';
import type { Pace } from '#src/keys/index.ts';
import { meetings, noteMedia } from '#src/keys/test-member.ts';
import { deriveDoor } from '#src/protocol/link/door.ts';
import { rootFingerprint } from '#src/protocol/link/fingerprint.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { openRoot } from '#src/protocol/link/root.ts';
import type { Bytes } from '#src/protocol/encryption/bytes.ts';
import { startBench, type Bench } from '#test/database.ts';

export interface Delivery {
  readonly origin: string;
  readonly bench: Bench;
  readonly sockets: Sockets;
  /** What the media engine was told of permissions and silences. */
  readonly told: unknown[];
  /** A meeting, its link and the seed of its root key. */
  makeMeeting(): Promise<{ readonly link: Link; readonly seed: Bytes }>;
  stop(): Promise<void>;
}

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

export async function startDelivery(pace: Partial<Pace> = {}): Promise<Delivery> {
  const bench = await startBench();
  const media = noteMedia();
  const keys = bindKeys({ meetings, media, pace });
  const dispatcher = bench.dispatcher(keys.calls);
  const service = keys.service(dispatcher, bench.log);
  await service.start(new AbortController().signal);
  const sockets = new Sockets({ dispatcher, events: bench.events, log: bench.log });
  const http = createHttp({
    config: readConfig({ PORT: '0' }),
    log: bench.log,
    pages: { build: 'test', page: () => undefined, asset: () => undefined },
    dispatcher,
    sockets,
    doors: [],
    health: async () => ({ status: 'ok', checks: {} }),
  });
  await http.start(new AbortController().signal);
  return {
    origin: http.origin,
    bench,
    sockets,
    told: media.told,
    makeMeeting: () => makeMeeting(bench),
    async stop() {
      await http.stop();
      await service.stop();
      await bench.stop();
    },
  };
}

async function makeMeeting({ db }: Bench): Promise<{ link: Link; seed: Bytes }> {
  const room = Array.from(random(26), (byte) => alphabet[byte & 31]).join('');
  const seed = random(32);
  const root = await openRoot(seed);
  const fingerprint = await rootFingerprint(root.public_key);
  const link = { room, version: 1, secret: random(32), fingerprint };
  const account = `meet:${room}`;
  await db.insertInto('account').values({ id: account }).execute();
  const door = await deriveDoor(link.secret, room);
  const row = {
    id: room,
    account,
    root: Buffer.from(root.public_key),
    link: 1,
    people_max: 500,
    door_hash: createHash('sha256').update(door).digest(),
    created_at: new Date(),
  };
  await db.insertInto('meeting').values(row).execute();
  return { link, seed };
}
