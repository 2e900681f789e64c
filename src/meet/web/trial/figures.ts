/** What the browser's own statistics say of a line (W3C webrtc-stats). */

type Entry = Readonly<Record<string, unknown>>;

async function entriesOf(connections: readonly RTCPeerConnection[]): Promise<Entry[]> {
  const open = connections.filter(({ connectionState }) => connectionState !== 'closed');
  const reports = await Promise.all(open.map((connection) => connection.getStats()));
  return reports.flatMap((report) => [...report.values()] as Entry[]);
}

function numberIn(entry: Entry | undefined, name: string): number | null {
  const value = entry?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The shortest round trip of the pairs in use, milliseconds; null before the first was measured. */
export async function readRound(connections: readonly RTCPeerConnection[]): Promise<number | null> {
  const pairs = (await entriesOf(connections)).filter(
    (entry) => entry['type'] === 'candidate-pair' && entry['state'] === 'succeeded',
  );
  const trips_s = pairs
    .map((pair) => numberIn(pair, 'currentRoundTripTime'))
    .filter((trip) => trip !== null);
  return trips_s.length === 0 ? null : Math.min(...trips_s) * 1000;
}

/** What was sent and received since the connections began. */
export interface Flow {
  /** Of what was sent, as the media server reports it: parts of 1, and null before it reported. */
  readonly lost_up: number | null;
  readonly packets_in: number;
  readonly lost_in: number;
  readonly bytes_in: number;
  readonly jitter_ms: number;
}

export async function readFlow(connections: readonly RTCPeerConnection[]): Promise<Flow> {
  const entries = await entriesOf(connections);
  const isVideo = (type: string) => (entry: Entry) =>
    entry['type'] === type && entry['kind'] === 'video';
  const inbound = entries.filter(isVideo('inbound-rtp'));
  const reported = entries.find(isVideo('remote-inbound-rtp'));
  const sum = (name: string): number =>
    inbound.reduce((total, entry) => total + (numberIn(entry, name) ?? 0), 0);
  return {
    lost_up: numberIn(reported, 'fractionLost'),
    packets_in: sum('packetsReceived'),
    lost_in: Math.max(0, sum('packetsLost')),
    bytes_in: sum('bytesReceived'),
    jitter_ms: Math.max(0, ...inbound.map((entry) => (numberIn(entry, 'jitter') ?? 0) * 1000)),
  };
}
