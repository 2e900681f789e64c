/**
 * How loud each person is for me alone: to even out voices, or to silence who sits in the same room.
 * iPhones do not let a page set an element's volume; there the sound goes through Web Audio.
 */
import type { Signal } from './signal.ts';

export interface VolumesParts {
  /** Holds one audio element for each track that is heard, marked with its identity. */
  readonly place: HTMLElement;
  /** From 0 to 1 by identity; who is not in it is as loud as they are. */
  readonly volumes: Signal<ReadonlyMap<string, number>>;
}

interface Amplified {
  readonly stream: MediaProvider | null;
  readonly gain: GainNode;
}

export class Volumes {
  readonly #parts: VolumesParts;
  readonly #gains = new Map<HTMLMediaElement, Amplified>();
  #context: AudioContext | null = null;

  constructor(parts: VolumesParts, life: AbortSignal) {
    this.#parts = parts;
    const watch = new MutationObserver(() => this.#apply());
    watch.observe(parts.place, { childList: true });
    this.#apply();
    life.addEventListener('abort', () => {
      watch.disconnect();
      this.#context?.close().catch(() => undefined);
    });
  }

  /** Called by a press or a slide, without which a browser may start no sound. */
  set(identity: string, volume: number): void {
    const { volumes } = this.#parts;
    volumes.set(new Map(volumes.get()).set(identity, Math.min(1, Math.max(0, volume))));
    this.#apply();
  }

  #apply(): void {
    const present = new Set<Element>(this.#parts.place.children);
    for (const [element, { stream, gain }] of this.#gains) {
      if (present.has(element) && element.srcObject === stream) continue;
      // The media client uses elements again, for somebody else.
      gain.disconnect();
      element.muted = false;
      this.#gains.delete(element);
    }
    for (const element of present) {
      if (!(element instanceof HTMLMediaElement)) continue;
      const volume = this.#parts.volumes.get().get(element.dataset['identity'] ?? '') ?? 1;
      if (element.volume === volume && !this.#gains.has(element)) continue;
      element.volume = volume;
      if (element.volume !== volume || this.#gains.has(element)) this.#amplify(element, volume);
    }
  }

  /** The element goes on playing, unheard: without it some browsers give the graph no sound. */
  #amplify(element: HTMLMediaElement, volume: number): void {
    const known = this.#gains.get(element);
    if (known) {
      known.gain.gain.value = volume;
      return;
    }
    const stream = element.srcObject;
    if (!(stream instanceof MediaStream)) return;
    this.#context ??= new AudioContext();
    void this.#context.resume().catch(() => undefined);
    const gain = this.#context.createGain();
    gain.gain.value = volume;
    this.#context.createMediaStreamSource(stream).connect(gain);
    gain.connect(this.#context.destination);
    element.muted = true;
    this.#gains.set(element, { stream, gain });
  }
}
