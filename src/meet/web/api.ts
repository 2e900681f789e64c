import { createApi } from '../../app/client.ts';
import type { meet } from '../contract.ts';

/** What the pages of a meeting call. */
export interface MeetContracts extends Record<string, typeof meet> {
  readonly meet: typeof meet;
}

export const api = createApi<MeetContracts>();
