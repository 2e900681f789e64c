/** `/test`: whether a meeting would work here, and what to do where it would not. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Masthead, useTitle } from '../../../web/design/masthead.tsx';
import { useLang, useWords } from '../../../web/lang.ts';
import { untried } from './device-tries.ts';
import type { DeviceStates } from './device-tries.ts';
import { DevicesPart } from './devices-part.tsx';
import { OperatorPart } from './operator-part.tsx';
import { detailOf, writeReport } from './report.ts';
import { Sign } from './sign.tsx';
import { judge, nothing_yet, steps } from './steps.ts';
import type { Findings } from './steps.ts';
import { trialWords } from './trial.words.ts';
import css from './trial.module.css';

type Phase = 'before' | 'running' | 'done' | 'failed';

const copied_ms = 2500;

/** The run of the test, and the press that begins or ends it. */
function useTries(): {
  readonly phase: Phase;
  readonly findings: Findings;
  readonly start: () => void;
  readonly stop: () => void;
} {
  const [phase, setPhase] = useState<Phase>('before');
  const [findings, setFindings] = useState<Findings>(nothing_yet);
  const life = useRef(new AbortController());
  useEffect(() => () => life.current.abort(), []);

  const start = (): void => {
    life.current.abort();
    const mine = new AbortController();
    life.current = mine;
    setPhase('running');
    setFindings(nothing_yet);
    import('./late.ts')
      .then(({ Tries }) => new Tries(setFindings, mine.signal).run())
      .then(
        () => mine.signal.aborted || setPhase('done'),
        () => mine.signal.aborted || setPhase('failed'),
      );
  };
  const stop = (): void => {
    life.current.abort();
    setPhase('before');
    setFindings(nothing_yet);
  };
  return { phase, findings, start, stop };
}

export function Trial(): ReactNode {
  const text = useWords(trialWords);
  const { phase, findings, start, stop } = useTries();
  const [tried, setTried] = useState<DeviceStates>(untried);
  useTitle(`${text.title} – Conclave`);
  const is_running = phase === 'running';
  const first = phase === 'done' ? text.again : text.start;
  return (
    <div className={css.page}>
      <Masthead />
      <main className={css.main}>
        <h1>{text.title}</h1>
        <p className={css.quiet}>{text.lead}</p>
        <div>
          <button
            type="button"
            className={`button ${is_running ? '' : 'primary'}`}
            onClick={is_running ? stop : start}
          >
            {is_running ? text.stop : first}
          </button>
        </div>
        <output className={css.verdict} data-phase={phase}>
          {phase === 'failed' && text.failed}
          {(is_running || phase === 'done') && text.verdicts[judge(findings)]}
        </output>
        {(is_running || phase === 'done') && <Steps findings={findings} />}
        <DevicesPart tried={tried} onTried={setTried} />
        {phase === 'done' && <Report findings={findings} tried={tried} />}
        {phase === 'done' && <OperatorPart findings={findings} />}
      </main>
    </div>
  );
}

function Steps({ findings }: { readonly findings: Findings }): ReactNode {
  const text = useWords(trialWords);
  const lang = useLang();
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">{text.line}</h2>
      <ol className={css.steps}>
        {steps.map((step) => {
          const state = findings.states[step];
          const detail = detailOf(text, lang, findings, step);
          return (
            <li key={step} data-step={step} data-state={state}>
              <Sign state={state} />
              <span>{text.steps[step]}</span>
              <span className={css.quiet}>
                {text.states[state]}
                {detail !== '' && `, ${detail}`}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

interface ReportProps {
  readonly findings: Findings;
  readonly tried: DeviceStates;
}

function Report({ findings, tried }: ReportProps): ReactNode {
  const text = useWords(trialWords);
  const lang = useLang();
  const [is_copied, setCopied] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const [at] = useState(() => new Date());
  const { origin } = location;
  const report = writeReport(text, lang, findings, tried, {
    at,
    origin,
    browser: navigator.userAgent,
  });

  useEffect(() => {
    if (!is_copied) return undefined;
    const timer = setTimeout(() => setCopied(false), copied_ms);
    return () => clearTimeout(timer);
  }, [is_copied]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(report);
      setCopied(true);
    } catch {
      // The clipboard is closed to pages here: the person copies what is selected.
      area.current?.select();
    }
  }

  return (
    <section aria-labelledby="report">
      <h2 id="report">{text.report}</h2>
      <p className={css.quiet}>{text.report_how}</p>
      <textarea
        ref={area}
        className={`field ${css.report}`}
        aria-labelledby="report"
        readOnly
        rows={8}
        value={report}
      />
      <button type="button" className="button" onClick={() => void copy()}>
        {is_copied ? text.copied : text.copy}
      </button>
      <output className="visually-hidden">{is_copied && text.copied}</output>
    </section>
  );
}
