import { connectLive, createApi } from '../../app/client.ts';
import type { Live } from '../../app/client.ts';
import type { meet } from '../contract.ts';

/** What the pages of a meeting call. */
export interface MeetContracts extends Record<string, typeof meet> {
  readonly meet: typeof meet;
}

export const api = createApi<MeetContracts>();

/** The live connection of this page, until `signal`. */
export function openLive(signal: AbortSignal): Live<MeetContracts> {
  return connectLive(`${location.origin.replace(/^http/, 'ws')}/ws`, signal);
}
