/**
 * Lets a peer connection reach the media server one way only, so that each way is tried by itself.
 * Put before the guard, which stands in front of whatever connection it finds.
 */

/** Over UDP or TCP to the media server itself, or over its relay (TURN, RFC 8656). */
export const ways = ['udp', 'tcp', 'relay'] as const;
export type Way = (typeof ways)[number];

/** Where the server says it can be reached: what an operator has to open. */
export interface Offer {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly is_relay: boolean;
}

/** Of an ICE candidate line (RFC 8839, section 5.1): its transport, address and port. */
export function readOffer(candidate: string): Offer | null {
  const [, , protocol, , address, port] = candidate.split(' ');
  if (protocol === undefined || address === undefined || port === undefined) return null;
  return { protocol: protocol.toLowerCase(), address, port: Number(port), is_relay: false };
}

/** Of a TURN URL (RFC 7065). */
export function readRelay(url: string): Offer | null {
  const found = /^turns?:(.+?)(?::(\d+))?(?:\?transport=(\w+))?$/.exec(url);
  if (!found) return null;
  const [, address = '', port = '3478', protocol = 'udp'] = found;
  return {
    protocol,
    address: address.replace(/^\[|\]$/g, ''),
    port: Number(port),
    is_relay: true,
  };
}

/** The server's candidates that go with the way: to a relay, media goes over UDP from there. */
function fits(way: Way, candidate: string): boolean {
  return readOffer(candidate)?.protocol === (way === 'tcp' ? 'tcp' : 'udp');
}

/** A description without the candidates that do not go with the way. */
export function narrowDescription(way: Way, sdp: string): string {
  return sdp
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate:') || fits(way, line))
    .join('\r\n');
}

/** What is set and heard of connections that are narrowed. */
export interface Narrow {
  way: Way;
  /** By protocol, address and port. */
  readonly offers: Map<string, Offer>;
  /** Those of the present trial. */
  connections: RTCPeerConnection[];
}

function hear({ offers }: Narrow, offer: Offer | null): void {
  if (offer) offers.set(`${offer.protocol} ${offer.address} ${offer.port}`, offer);
}

function configure(narrow: Narrow, given: RTCConfiguration = {}): RTCConfiguration {
  const { iceServers = [] } = given;
  if (narrow.way !== 'relay') return { ...given, iceServers: [] };
  for (const url of iceServers.flatMap((server) => server.urls)) hear(narrow, readRelay(url));
  return { ...given, iceTransportPolicy: 'relay' };
}

/** Narrows every connection of this page from now on. Called before there is a guard. */
export function narrowConnections(): Narrow {
  const narrow: Narrow = { way: 'udp', offers: new Map(), connections: [] };
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configure(narrow, configuration));
      narrow.connections.push(this);
    }

    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration(configure(narrow, configuration));
    }

    override async setRemoteDescription(given: RTCSessionDescriptionInit): Promise<void> {
      const { sdp = '' } = given;
      const lines = sdp.split('\r\n').filter((line) => line.startsWith('a=candidate:'));
      for (const line of lines) hear(narrow, readOffer(line));
      await super.setRemoteDescription({ ...given, sdp: narrowDescription(narrow.way, sdp) });
    }

    override async addIceCandidate(given?: RTCIceCandidateInit | null): Promise<void> {
      const candidate = given?.candidate ?? '';
      hear(narrow, readOffer(candidate));
      if (candidate !== '' && !fits(narrow.way, candidate)) return;
      await super.addIceCandidate(given ?? undefined);
    }
  };
  return narrow;
}
