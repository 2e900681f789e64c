import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** The ports of one engine. HTTP is on loopback only; media and TURN are open to browsers. */
export interface EnginePorts {
  readonly http: number;
  readonly udp: number;
  readonly tcp: number;
  readonly turn: number;
}

/** The ports as configured; 0 means any free one. */
export type PortWishes = Omit<EnginePorts, 'http'>;

/**
 * Fills what is 0 with ports free at this moment. Another process may take one before the engine
 * does: the caller tries again with new ones.
 */
export async function choosePorts(wishes: PortWishes): Promise<EnginePorts> {
  const [http, udp, tcp, turn] = await Promise.all([
    freeTcpPort('127.0.0.1'),
    wishes.udp || freeUdpPort(),
    wishes.tcp || freeTcpPort('0.0.0.0'),
    wishes.turn || freeUdpPort(),
  ]);
  return { http, udp, tcp, turn };
}

const turn_port_default = 3478;
const windows = 25;
const window_ports = 500;
const window_base = 20_000;

/**
 * The UDP ports TURN relays on: 500 of 20000–32499, below the range from which systems hand out
 * ports by themselves; 30000–30499 for the default TURN port. The window follows the TURN port, so
 * that servers beside each other on one machine rarely share one; where they do, nothing breaks,
 * since each relay port is bound when it is needed and a taken one is passed over. A browser holds
 * one relay port for as long as it is in a call. Nothing but the engine sends to these ports.
 */
export function relayRange(turn_port: number): { readonly start: number; readonly end: number } {
  const shifted = turn_port - turn_port_default + 20;
  const index = ((shifted % windows) + windows) % windows;
  const start = window_base + index * window_ports;
  return { start, end: start + window_ports - 1 };
}

function freeTcpPort(host: string): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '0.0.0.0', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
