/**
 * Events: 2,000 live connections, 20 broadcasts. CPU of the server's process per delivery, against
 * a bare `ws` server in the same run that writes each frame by itself.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { createApi } from '#src/app/client.ts';
import { arrive, depart } from '#src/meet/index.ts';
import type { meet } from '#src/meet/contract.ts';
import { startHouse } from '#test/house.ts';
import { gatherCrowd } from './crowd-process.ts';
import { heading, line } from './figure.ts';

const sockets = 2_000;
const broadcasts = 20;

interface Cost {
  readonly cpu_us: number;
  readonly wall_ms: number;
}

async function measure(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu_us: user + system, wall_ms: performance.now() - started };
}

async function measureHouse(): Promise<Cost> {
  const test = await startHouse({ LOG_LEVEL: 'warn' });
  try {
    const api = createApi<{ meet: typeof meet }>(test.origin);
    const { room, grant } = await api.meet.reserve({});
    const door = randomBytes(32);
    const door_hash = createHash('sha256').update(door).digest('base64url');
    await api.meet.create({ room, grant, root: randomBytes(32).toString('base64url'), door_hash });
    const input = { room, door: door.toString('base64url'), cursor: null };
    const hello = JSON.stringify({ id: 1, call: 'meet.watch', in: input });
    const crowd = await gatherCrowd(`${test.origin.replace('http', 'ws')}/ws`, sockets, hello);
    const identity = 'a'.repeat(22);
    const cost = await measure(async () => {
      const all = crowd.until(sockets * broadcasts);
      for (let n = 0; n < broadcasts / 2; n++) {
        await test.house.dispatcher.act((ctx) => arrive(ctx, { room, identity }));
        await test.house.dispatcher.act((ctx) => depart(ctx, { room, identity }));
      }
      await all;
    });
    await crowd.leave();
    return cost;
  } finally {
    await test.stop();
  }
}

async function measureBare(): Promise<Cost> {
  const server = createServer();
  const wss = new WebSocketServer({ server, perMessageDeflate: false });
  const open = new Set<WebSocket>();
  wss.on('connection', (socket) => open.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const crowd = await gatherCrowd(`ws://127.0.0.1:${port}`, sockets);
  const frame = JSON.stringify({
    event: 'meet.joined',
    account: 'x'.repeat(31),
    seq: 1,
    data: { identity: 'a'.repeat(22) },
  });
  const cost = await measure(async () => {
    const all = crowd.until(sockets * broadcasts);
    for (let n = 0; n < broadcasts; n++) for (const socket of open) socket.send(frame);
    await all;
  });
  await crowd.leave();
  for (const socket of open) socket.terminate();
  wss.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return cost;
}

export async function benchEvents(): Promise<void> {
  heading(`Events: ${sockets} connections, ${broadcasts} broadcasts`);
  const bare = await measureBare();
  const house = await measureHouse();
  const deliveries = sockets * broadcasts;
  const tell = (name: string, { cpu_us, wall_ms }: Cost): void =>
    line(
      name,
      `${(cpu_us / deliveries).toFixed(2)} µs CPU a delivery`,
      `${wall_ms.toFixed(0)} ms in all`,
    );
  tell('Conclave, recorded in PostgreSQL first', house);
  tell('bare ws, one write a frame', bare);
  line('ratio of CPU', `${(house.cpu_us / bare.cpu_us).toFixed(2)} ×`);
}
