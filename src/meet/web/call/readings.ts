/** Reads what the browser counts of one's own call (W3C webrtc-stats), for diagnosis.ts. */
import { Track } from './media.ts';
import type { Room, TrackPublication } from './media.ts';
import type { Reading } from './diagnosis.ts';

/** What the figures stood at, so that the next reading is of the time in between. */
interface Counted {
  readonly received: number;
  readonly lost: number;
}

/** As far as they are read here; which are there depends on the browser and the kind. */
interface Figures {
  readonly id: string;
  readonly type: string;
  /** Of what the other side reported: when that came. */
  readonly timestamp: number;
  readonly kind?: string;
  readonly fractionLost?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly qualityLimitationReason?: string;
  readonly totalAudioEnergy?: number;
}

/** Too few packets say nothing of a line. */
const packets_min = 50;

/** The sender or receiver of a track, where it is published or subscribed to. */
function endOf({ track }: TrackPublication): RTCRtpSender | RTCRtpReceiver | undefined {
  if (track === undefined) return undefined;
  if ('sender' in track) return track.sender as RTCRtpSender | undefined;
  return 'receiver' in track ? (track.receiver as RTCRtpReceiver | undefined) : undefined;
}

async function figuresOf(publications: Iterable<TrackPublication>): Promise<Figures[]> {
  const ends = [...publications].flatMap((publication) => endOf(publication) ?? []);
  // One that has just ended has no figures.
  const reports = await Promise.all(ends.map((end) => end.getStats().catch(() => new Map())));
  return reports.flatMap((report) => [...(report as ReadonlyMap<string, Figures>).values()]);
}

function sumOf(figures: readonly Figures[], key: 'packetsReceived' | 'packetsLost'): number {
  const inbound = figures.filter(({ type }) => type === 'inbound-rtp');
  return inbound.reduce((sum, each) => sum + (each[key] ?? 0), 0);
}

export class Readings {
  #before: Counted | null = null;
  /** When each report came that was read. */
  #reported = new Map<string, number>();
  #energy: number | null = null;

  async read(room: Room): Promise<Reading> {
    const own = room.localParticipant.trackPublications.values();
    const remote = [...room.remoteParticipants.values()].flatMap(({ trackPublications }) => [
      ...trackPublications.values(),
    ]);
    const [sent, received] = await Promise.all([figuresOf(own), figuresOf(remote)]);
    return {
      lost_up: this.#readReported(sent),
      lost_down: this.#countLost(received),
      busy: sent.some(({ qualityLimitationReason }) => qualityLimitationReason === 'cpu'),
      sound: this.#countSound(room, sent),
    };
  }

  /** The last report stays in the figures when no more come, as of a line that nothing is sent on. */
  #readReported(figures: readonly Figures[]): number | null {
    const reports = figures.filter(({ type }) => type === 'remote-inbound-rtp');
    const fresh = reports.filter(({ id, timestamp }) => this.#reported.get(id) !== timestamp);
    this.#reported = new Map(reports.map(({ id, timestamp }) => [id, timestamp]));
    const shares = fresh.flatMap(({ fractionLost }) => fractionLost ?? []);
    return shares.length > 0 ? Math.max(...shares) : null;
  }

  #countLost(figures: readonly Figures[]): number | null {
    const now = {
      received: sumOf(figures, 'packetsReceived'),
      lost: sumOf(figures, 'packetsLost'),
    };
    const before = this.#before;
    this.#before = now;
    if (before === null) return null;
    const received = now.received - before.received;
    const lost = now.lost - before.lost;
    // Somebody who left has taken their figures along.
    if (received < 0 || lost < 0 || received + lost < packets_min) return null;
    return lost / (received + lost);
  }

  /** Null while the microphone is off, and where the browser counts no energy. */
  #countSound({ localParticipant }: Room, figures: readonly Figures[]): number | null {
    const microphone = localParticipant.getTrackPublication(Track.Source.Microphone);
    const is_on = microphone !== undefined && !microphone.isMuted;
    const source = figures.find(({ type, kind }) => type === 'media-source' && kind === 'audio');
    const energy = (is_on ? source?.totalAudioEnergy : undefined) ?? null;
    const before = this.#energy;
    this.#energy = energy;
    return energy === null || before === null ? null : Math.max(0, energy - before);
  }
}
