import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What the choice depends on; see `chooseNodeIp`. */
export interface AddressWishes {
  /** CONCLAVE_NODE_IP: taken as it is. */
  readonly node_ip: string | undefined;
  readonly public_url: string | undefined;
  /** HOST, the address the web server listens on. */
  readonly host: string;
}

/** Networks that containers and virtual machines bring; nobody else on the LAN reaches them. */
const virtual_interface = /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|podman|lxc)/;

/**
 * The address the media ports are announced at (`rtc.node_ip`, media design section 2).
 *
 * In order: the setting; an IP address in PUBLIC_URL; HOST when it is one address of this machine;
 * the address this machine uses towards the internet; the first other one; loopback.
 *
 * Also a server that only this machine opens announces its LAN address where it has one: packets
 * to an own address stay inside the machine, and Firefox never pairs its candidates with a
 * loopback address, so 127.0.0.1 would leave it without media.
 */
export async function chooseNodeIp(wishes: AddressWishes): Promise<string> {
  if (wishes.node_ip !== undefined) return wishes.node_ip;
  for (const literal of [hostOf(wishes.public_url), wishes.host]) {
    if (literal !== undefined && isReachable(literal)) return literal;
  }
  return (await routedAddress()) ?? firstAddress() ?? '127.0.0.1';
}

/** True for an address of this machine itself, such as 127.0.0.1 or ::1. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** True while an interface of this machine carries `address`. */
export function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some((entry) => entry.address === address),
  );
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function isReachable(host: string): boolean {
  return isIP(host) !== 0 && !isLoopback(host) && host !== '0.0.0.0' && host !== '::';
}

/**
 * The source address of the default route. Connecting a UDP socket only asks the kernel for a
 * route: nothing is sent. 203.0.113.1 is a documentation address (RFC 5737).
 */
function routedAddress(): Promise<string | undefined> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    const finish = (address: string | undefined) => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => finish(undefined));
    socket.connect(9, '203.0.113.1', () => {
      const { address } = socket.address();
      finish(isReachable(address) ? address : undefined);
    });
  });
}

function firstAddress(): string | undefined {
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    if (virtual_interface.test(name)) continue;
    const entry = entries?.find((candidate) => candidate.family === 'IPv4' && !candidate.internal);
    if (entry) return entry.address;
  }
  return undefined;
}
