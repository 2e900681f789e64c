/** What the page's connections carry and whom they look for, noted before the page makes any. */

/** The STUN and TURN servers that the page gave to its connections. */
export const ice_urls: string[] = [];
const connections = new Set<WeakRef<RTCPeerConnection>>();

/** What the page's connections carry, for whoever reads a failure. */
export async function describeConnections(): Promise<unknown[]> {
  const described = [...connections].map(async (reference) => {
    const connection = reference.deref();
    if (!connection || connection.connectionState === 'closed') return 'closed';
    const report: unknown[] = [];
    for (const stats of (await connection.getStats()).values()) {
      const { type } = stats as RTCStats;
      if (
        /^(?:codec|inbound-rtp|outbound-rtp|candidate-pair|local-candidate|remote-candidate)$/.test(
          type,
        )
      )
        report.push(stats);
    }
    const transceivers = connection.getTransceivers().map(({ mid, currentDirection, receiver }) => {
      const { kind, muted, readyState } = receiver.track;
      return { mid, currentDirection, kind, muted, readyState };
    });
    return { state: connection.connectionState, transceivers, report };
  });
  return Promise.all(described);
}

let relay_port: number | undefined;

/** From now on media goes through that UDP port of this machine, and by no other way. */
export function useRelay(port: number): void {
  relay_port = port;
}

/** The same candidates behind the relay; those over TCP are left out. */
function behindRelay(text: string): string {
  return text
    .split('\r\n')
    .filter((line) => !/candidate:.* tcp /i.test(line))
    .map((line) =>
      line.replace(/(candidate:\S+ \d+ udp \d+) \S+ \d+ /i, `$1 127.0.0.1 ${String(relay_port)} `),
    )
    .join('\r\n');
}

function withoutWays(description: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
  const { type, sdp = '' } = description;
  if (relay_port === undefined) return description;
  return { type, sdp: sdp.replaceAll(/a=candidate:.*\r\n/g, '') };
}

function noteServers(configuration: RTCConfiguration | undefined): void {
  for (const { urls } of configuration?.iceServers ?? []) ice_urls.push(...[urls].flat());
}
/** Notes every connection that the page makes, and lays it over the relay where there is one. */
export function noteConnections(): void {
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      noteServers(configuration);
      connections.add(new WeakRef(this));
      // First in line: the server must not learn of a way to here that goes past the relay.
      this.addEventListener('icecandidate', (event) => {
        if (relay_port !== undefined) event.stopImmediatePropagation();
      });
      // Later offers and answers name the ways to here that were found since.
      const [offer, answer] = [this.createOffer.bind(this), this.createAnswer.bind(this)];
      const define = (name: string, create: typeof offer): void => {
        const value = async (options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit> =>
          withoutWays(await create(options));
        Object.defineProperty(this, name, { value });
      };
      define('createOffer', offer);
      define('createAnswer', answer);
    }
    override setConfiguration(configuration?: RTCConfiguration): void {
      noteServers(configuration);
      super.setConfiguration(configuration);
    }
    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      const { type, sdp = '' } = description;
      await super.setRemoteDescription(
        relay_port === undefined ? description : { type, sdp: behindRelay(sdp) },
      );
    }
    override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      if (relay_port === undefined || !candidate) return super.addIceCandidate(candidate);
      const text = behindRelay(candidate.candidate ?? '');
      if (text !== '') await super.addIceCandidate({ ...candidate, candidate: text });
    }
  };
}
