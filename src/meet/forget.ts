import type { Job } from '../app/jobs.ts';
import type { Dispatcher } from '../app/server.ts';
import { forget } from './end.ts';
import type { Groups } from './end.ts';

/** Ends and forgets meetings nobody needs any more, every ten minutes. */
export function forgetJob(dispatcher: Dispatcher, groups: Groups): Job<unknown> {
  return {
    name: 'meet.forget',
    payload: { parse: (data) => data },
    cron: '*/10 * * * *',
    run: async () => void (await dispatcher.act((ctx) => forget(ctx, groups))),
  };
}
