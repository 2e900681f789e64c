import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { TLSSocket } from 'node:tls';

/**
 * The origin this request was made to, or undefined when its Host header is none of ours.
 *
 * With PUBLIC_URL it is that one, whatever the header says. Without it only addresses and local
 * names count: a page of another site whose DNS name was pointed at this machine (DNS rebinding)
 * would otherwise be taken for our own.
 */
export function requestOrigin(
  req: IncomingMessage,
  public_url: string | undefined,
): string | undefined {
  if (public_url !== undefined) return new URL(public_url).origin;
  const scheme = (req.socket as TLSSocket).encrypted ? 'https' : 'http';
  const host = req.headers.host ?? '';
  const text = `${scheme}://${host}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return isLocalName(url.hostname) ? url.origin : undefined;
}

function isLocalName(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '');
  const own = hostname().toLowerCase();
  return (
    isIP(bare) !== 0 ||
    bare === 'localhost' ||
    bare.endsWith('.localhost') ||
    bare === own ||
    bare === `${own}.local`
  );
}

/**
 * Whether a request that changes something, or opens a socket, comes from our own pages. Programs
 * send no Origin header and hold no cookies of anybody's; browsers always send one there.
 */
export function isOwnOrigin(req: IncomingMessage, public_url: string | undefined): boolean {
  const { origin } = req.headers;
  if (origin === undefined) return true;
  return origin === requestOrigin(req, public_url);
}

/**
 * The caller's address. X-Forwarded-For is believed only from a trusted proxy, and only its last
 * entry that is not a trusted proxy itself: what stands left of it anybody can write.
 */
export function callerAddress(req: IncomingMessage, trusted_proxies: readonly string[]): string {
  const direct = plain(req.socket.remoteAddress ?? '');
  if (!trusted_proxies.includes(direct)) return direct;
  const chain = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => plain(part.trim()))
    .filter((part) => isIP(part) !== 0);
  return chain.findLast((address) => !trusted_proxies.includes(address)) ?? direct;
}

function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
