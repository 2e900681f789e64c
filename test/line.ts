/**
 * A line between one browser and a server that can be cut as Wi-Fi is, without a word to either
 * side, and whose media can be made to arrive late, or not all of it. Pages, calls and signalling go over a TCP port of its own, media over a UDP port.
 */
import { createSocket } from 'node:dgram';
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export interface Line {
  /** What the browser opens instead of the server's own address. */
  readonly origin: string;
  readonly udp_port: number;
  /** How media packets travel from now on. */
  shape(shape: Shape): void;
  /** From now on nothing passes, and nobody is told. */
  cut(): void;
  /** From now on new packets pass; what was on the way is lost, as it would be. */
  mend(): void;
  close(): Promise<void>;
}

export interface Shape {
  /** The share of packets that never arrive, from the browser and to it; 0 to 1. */
  readonly lost_up: number;
  readonly lost_down: number;
  /** How long each is on its way, either way. */
  readonly delay_ms: number;
}

/** Lets one packet after the other pass, and of a hundred as many not as are to be lost. */
class Lane {
  #owed = 0;

  pass(lost: number, delay_ms: number, send: () => void): void {
    this.#owed += lost;
    if (this.#owed >= 1) {
      this.#owed -= 1;
      return;
    }
    if (delay_ms === 0) send();
    else setTimeout(send, delay_ms).unref();
  }
}

/** Opens a line to the server at `origin` whose media is on `media_udp_port`. */
export async function openLine(origin: string, media_udp_port: number): Promise<Line> {
  const is_cut = { value: false };
  const shape = { lost_up: 0, lost_down: 0, delay_ms: 0 };
  const tcp = await relayTcp(Number(new URL(origin).port), is_cut);
  const udp = await relayUdp(media_udp_port, is_cut, shape);
  return {
    shape: (wanted) => void Object.assign(shape, wanted),
    origin: `http://127.0.0.1:${String(tcp.port)}`,
    udp_port: udp.port,
    cut: () => {
      is_cut.value = true;
    },
    mend: () => {
      is_cut.value = false;
      tcp.dropStale();
    },
    close: async () => {
      await Promise.all([tcp.close(), udp.close()]);
    },
  };
}

interface Cut {
  value: boolean;
}

async function relayTcp(
  target: number,
  is_cut: Cut,
): Promise<{ port: number; dropStale(): void; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  /** Those that lost bytes while the line was cut: TCP cannot go on after a gap. */
  const stale = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (bytes) => {
      if (!is_cut.value) to.write(bytes);
      else for (const socket of [from, to]) stale.add(socket);
    });
    from.on('error', () => undefined);
    from.once('close', () => {
      sockets.delete(from);
      stale.delete(from);
      if (!is_cut.value) to.destroy();
      else stale.add(to);
    });
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    pass(client, upstream);
    pass(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const end = (ended: Iterable<Socket>): void => {
    for (const socket of ended) socket.destroy();
  };
  return {
    port: address.port,
    dropStale: () => {
      end(stale);
      stale.clear();
    },
    close: async () => {
      end(sockets);
      server.close();
      await once(server, 'close');
    },
  };
}

async function relayUdp(
  target: number,
  is_cut: Cut,
  shape: Shape,
): Promise<{ port: number; close(): Promise<void> }> {
  const front = createSocket('udp4');
  const behind = new Map<number, UdpSocket>();
  const [up, down] = [new Lane(), new Lane()];
  const over = { value: false };
  const open = (client: number): UdpSocket => {
    const socket = createSocket('udp4');
    socket.on('message', (bytes) => {
      if (is_cut.value) return;
      const send = (): void => void (over.value || front.send(bytes, client, '127.0.0.1'));
      down.pass(shape.lost_down, shape.delay_ms, send);
    });
    behind.set(client, socket);
    return socket;
  };
  front.on('message', (bytes, { port }) => {
    if (is_cut.value) return;
    const socket = behind.get(port) ?? open(port);
    const send = (): void => void (over.value || socket.send(bytes, target, '127.0.0.1'));
    up.pass(shape.lost_up, shape.delay_ms, send);
  });
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    port: front.address().port,
    close: async () => {
      over.value = true;
      const all = [front, ...behind.values()];
      await Promise.all(all.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
    },
  };
}
