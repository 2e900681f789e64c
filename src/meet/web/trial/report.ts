/** The findings as text, for whoever helps: no address of the person's own, and nothing of a meeting. */
import type { TrialWords } from './trial.words.ts';
import { devices } from './device-tries.ts';
import type { DeviceStates } from './device-tries.ts';
import { judge, steps } from './steps.ts';
import type { Findings, Step } from './steps.ts';

/** What is known of a step beyond its state, in words; empty where there is nothing. */
export function detailOf(text: TrialWords, lang: string, findings: Findings, step: Step): string {
  const round = (value: number): string =>
    new Intl.NumberFormat(lang, { maximumFractionDigits: 0 }).format(value);
  const { server_ms, ways_ms, line, sealed, opened } = findings;
  if (step === 'server') return server_ms === null ? '' : text.round(round(server_ms));
  if (step === 'udp' || step === 'tcp' || step === 'relay') {
    const trip = ways_ms[step];
    return trip === undefined ? '' : text.round(round(trip));
  }
  if (step === 'line' && line) {
    const lost = Math.max(line.lost_up ?? 0, line.lost_down) * 100;
    return text.figures({
      kbit_s: round(line.kbit_s),
      lost: new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(lost),
      jitter_ms: round(line.jitter_ms),
    });
  }
  return step === 'keys' && line ? text.frames(round(sealed), round(opened)) : '';
}

export interface Circumstances {
  readonly at: Date;
  readonly origin: string;
  readonly browser: string;
}

export function writeReport(
  text: TrialWords,
  lang: string,
  findings: Findings,
  tried: DeviceStates,
  { at, origin, browser }: Circumstances,
): string {
  const tell = (name: string, state: string, detail = ''): string =>
    `${name}: ${state}${detail === '' ? '' : ` (${detail})`}`;
  return [
    `Conclave – ${text.title} – ${origin}`,
    at.toISOString(),
    browser,
    '',
    text.verdicts[judge(findings)],
    ...steps.map((step) =>
      tell(
        text.steps[step],
        text.states[findings.states[step]],
        detailOf(text, lang, findings, step),
      ),
    ),
    ...devices.map((device) => tell(text.device[device], text.said[device][tried[device]])),
    ...findings.offers.map(({ protocol, address, port }) => `${address} ${port}/${protocol}`),
    '',
  ].join('\n');
}
