import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { Offer, Way } from './narrow.ts';
import { isPrivate } from './steps.ts';
import type { Findings } from './steps.ts';
import { Sign } from './sign.tsx';
import { trialWords } from './trial.words.ts';
import css from './trial.module.css';

function wayOf({ protocol, is_relay }: Offer): Way {
  if (is_relay) return 'relay';
  return protocol === 'tcp' ? 'tcp' : 'udp';
}

/** A person at the machine itself, or in its network, reaches private addresses. */
function isOutside(hostname: string): boolean {
  return hostname !== 'localhost' && !isPrivate(hostname.replace(/^\[|\]$/g, ''));
}

/** Each port as somebody outside finds it, with the setting that changes it. */
export function OperatorPart({ findings }: { readonly findings: Findings }): ReactNode {
  const text = useWords(trialWords);
  const { offers, states } = findings;
  const inner = offers.filter(({ address }) => isPrivate(address));
  const hidden = isOutside(location.hostname) ? inner.map(({ address }) => address) : [];
  return (
    <details className={css.operator}>
      <summary>{text.operator}</summary>
      <p className={css.quiet}>{text.operator_how}</p>
      {offers.length === 0 && <p>{text.nothing}</p>}
      <ul className={css.steps}>
        {offers.map((offer) => {
          const way = wayOf(offer);
          const is_open = states[way] === 'good';
          const name = `${offer.address} ${offer.port}/${offer.protocol}`;
          return (
            <li key={name} data-offer={way} data-state={states[way]}>
              <Sign state={is_open ? 'good' : 'bad'} />
              <span>
                {name} – {is_open ? text.open : text.closed}
              </span>
              {!is_open && <span className={css.quiet}>{text.settings[way]}</span>}
            </li>
          );
        })}
      </ul>
      {[...new Set(hidden)].map((address) => (
        <p key={address}>{text.private(address)}</p>
      ))}
    </details>
  );
}
