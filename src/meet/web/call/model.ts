/**
 * What the view of a call shows, and what it can ask for. The view knows nothing of the media
 * client: tests and screenshots give it a model of their own.
 */
import type { GuestRight } from '../../../protocol/encryption/rights.ts';
import type { Aside, BreakoutsModel } from '../breakout/model.ts';
import type { ScheduleModel } from '../schedule/model.ts';
import type { HostAct } from '../group/hosting.ts';
import type { Send } from '../../../protocol/encryption/rights.ts';
import type { Trouble } from './diagnosis.ts';
import type { GroupView } from './group.ts';
import type { Lock } from './lock.ts';
import type { Reception } from './receiving.ts';
import type { ChatModel, Message } from '../chat/model.ts';
import type { Readable } from './signal.ts';

/** A moving picture that can be shown in a video element; several elements may show one. */
export interface Picture {
  readonly id: string;
  /** One's own camera is shown as in a mirror. */
  readonly mirrored: boolean;
  /** Shows it in `video` until the returned function is called. */
  attach(video: HTMLVideoElement): () => void;
}

/** Network quality in bars, 0 (lost) to 3; null while it is not known. */
export type Bars = 0 | 1 | 2 | 3 | null;

export interface Person {
  readonly identity: string;
  readonly name: string;
  readonly you: boolean;
  /** Their camera; null while it is off or has not arrived. */
  readonly picture: Picture | null;
  readonly camera_on: boolean;
  readonly muted: boolean;
  readonly speaking: boolean;
  readonly bars: Bars;
  /** When the hand was raised, in ms since 1970; null while it is down. */
  readonly hand_at: number | null;
  /** Their connection is gone; the seat is kept for them for a moment. */
  readonly away: boolean;
}

export interface Share {
  readonly id: string;
  readonly identity: string;
  readonly name: string;
  readonly you: boolean;
  readonly picture: Picture | null;
}

/** Why a device gave nothing: refused by the person, none there, or used by another program. */
export type DeviceFault = 'blocked' | 'absent' | 'busy';

/** A device of one's own. */
export interface Source {
  readonly on: boolean;
  /** Being opened or closed. */
  readonly busy: boolean;
  readonly fault: DeviceFault | null;
}

export interface Device {
  readonly id: string;
  readonly label: string;
}

export type DeviceKind = 'microphone' | 'camera' | 'speaker';

export interface DeviceChoice {
  readonly list: readonly Device[];
  /** '' is the system's choice. */
  readonly chosen: string;
}

/** `speaker.list` is empty where the browser cannot choose a loudspeaker. */
export type Devices = Readonly<Record<DeviceKind, DeviceChoice>>;

export type Notice =
  | {
      readonly kind:
        | 'joined'
        | 'left'
        | 'hand'
        | 'waiting'
        | 'time-up'
        | 'renamed'
        | 'wrote-direct'
        | 'mentioned'
        | 'not-there';
      readonly name: string;
    }
  /** A host stopped what one sent; or guests may not send it. */
  | { readonly kind: 'silenced' | 'allowed'; readonly what: Send }
  | { readonly kind: 'forbidden'; readonly what: Exclude<GuestRight, 'react'> }
  | { readonly kind: 'unruly'; readonly name: string }
  | { readonly kind: 'put-out'; readonly name: string; readonly by: string }
  | { readonly kind: 'fallback' | 'gone'; readonly device: DeviceKind; readonly name: string }
  | { readonly kind: 'fault'; readonly device: DeviceKind; readonly fault: DeviceFault }
  | {
      readonly kind:
        | 'copied'
        | 'not-copied'
        | 'too-fast'
        | 'crowd'
        | 'class'
        | 'share-failed'
        | 'end-failed'
        | 'host-failed'
        | 'now-host'
        | 'relinked'
        | 'brought-back'
        | 'host-copied';
    };

export interface Toast {
  readonly id: number;
  readonly notice: Notice;
}

export type Phase = 'connecting' | 'connected' | 'reconnecting' | 'over';

export interface CallModel {
  readonly phase: Readable<Phase>;
  /** In order of arrival; you first. */
  readonly people: Readable<readonly Person[]>;
  readonly shares: Readable<readonly Share[]>;
  /** Whom a host has put before everybody. */
  readonly spotlight: Readable<string | null>;
  /** Whose client does what the hosts' rules do not let it do; it has no effect here. */
  readonly unruly: Readable<ReadonlySet<string>>;
  /** Who has the floor, with hysteresis; never you. */
  readonly speaker: Readable<string | null>;
  /** When each identity was last heard, in ms of `performance.now()`. */
  readonly heard: ReadonlyMap<string, number>;
  readonly microphone: Readable<Source>;
  readonly camera: Readable<Source>;
  readonly screen: Readable<Source>;
  /** Whether this browser can share a screen at all. */
  readonly can_share: boolean;
  readonly devices: Readable<Devices>;
  readonly messages: Readable<readonly Message[]>;
  /** What one can do in the chat; null until its script is here. */
  readonly chat: Readable<ChatModel | null>;
  readonly toasts: Readable<readonly Toast[]>;
  /** The browser plays no sound until it is asked to by a click. */
  readonly sound_blocked: Readable<boolean>;
  /** Whether one can end the meeting for everyone. */
  readonly host: boolean;
  /** What is known about the encryption, as one colour and one sentence. */
  readonly lock: Readable<Lock>;
  /** Who has a leaf, and the numbers to compare. */
  readonly group: Readable<GroupView>;
  /** Identities of those with whom one has compared the numbers, and the note of it. */
  readonly compared: {
    readonly ids: Readable<ReadonlySet<string>>;
    note(identities: Iterable<string>): void;
  };

  /** What is wrong on one's own side; null while nothing is, or it was put aside. */
  readonly trouble: Readable<Trouble | null>;
  putAside(): void;
  /** The breakout room one is in; null in the meeting itself. */
  readonly aside: Readable<Aside | null>;
  /** Agenda and speaking time; null until its script is here. */
  readonly schedule: Readable<ScheduleModel | null>;
  /** Null until its script is here. */
  readonly breakouts: Readable<BreakoutsModel | null>;
  /** How loud others are for oneself, from 0 to 1, by identity; 1 for who is not in it. */
  readonly volumes: Readable<ReadonlyMap<string, number>>;
  /** How much of the others' pictures is received. */
  readonly reception: Readable<Reception>;

  setVolume(identity: string, volume: number): void;
  receive(reception: Reception): void;
  setMicrophone(on: boolean): void;
  setCamera(on: boolean): void;
  setScreen(on: boolean): void;
  choose(kind: DeviceKind, id: string): void;
  raiseHand(up: boolean): void;
  /** Which tiles are on screen: only these are received as pictures. */
  show(ids: ReadonlySet<string>): void;
  playSound(): void;
  copyLink(): void;
  /** The link that makes its holder the host; where one is not the host, nothing. */
  copyHostLink(): void;
  /** What a host may do; for others it is refused. Resolves once it is done, or was told to have failed. */
  act(act: HostAct): Promise<void>;
  /** While one waits at the door: what the hosts are to read. */
  note(text: string): void;
  /** A host lets in who waits, or sends them away. */
  answer(knock: string, admit: boolean): void;
  dismiss(toast: number): void;
  leave(): void;
  endForEveryone(): void;
}

/** The id of a person's tile, and of a share's: what `show` and the layout speak of. */
export function tileOf(identity: string): string {
  return `p:${identity}`;
}

export function tileOfShare(id: string): string {
  return `s:${id}`;
}
