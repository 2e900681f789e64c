/** The audience of an event in the list of people: counted, and not listed one by one. */
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { folded } from './folded.ts';
import { host_words } from './host.words.ts';
import type { CallModel, Person } from './model.ts';
import { isAudience, isHost } from './rights.ts';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

/** More than these are not found by looking. */
const found_max = 20;

interface Listed {
  readonly people: readonly Person[];
  /** Says how many are not listed; a host can search them. */
  readonly audience: ReactNode;
}

/** Who is listed: all but the audience, of which raised hands are, and whom a host searches. */
export function useListed(model: CallModel, people: readonly Person[]): Listed {
  const group = useValue(model.group);
  const [sought, setSought] = useState('');
  const is_host = isHost(group, group.own);
  const isOne = ({ you, identity }: Person): boolean => !you && isAudience(group, identity);
  const audience = people.filter(isOne);
  if (audience.length === 0) return { people, audience: null };
  const wanted = folded(sought.trim());
  const found = is_host && wanted !== '' ? audience : [];
  const shown = new Set([
    ...audience.filter(({ hand_at }) => hand_at !== null),
    ...found.filter(({ name }) => folded(name).includes(wanted)).slice(0, found_max),
  ]);
  const search = is_host ? { sought, onSeek: setSought } : null;
  return {
    people: people.filter((person) => !isOne(person) || shown.has(person)),
    audience: <Audience count={audience.length} search={search} />,
  };
}

interface AudienceProps {
  readonly count: number;
  readonly search: { readonly sought: string; readonly onSeek: (name: string) => void } | null;
}

function Audience({ count, search }: AudienceProps): ReactNode {
  const w = useWords(host_words);
  const counted = useId();
  return (
    <div className={css.host_link}>
      <p id={counted}>{w.audience(count)}</p>
      {search && (
        <input
          type="search"
          aria-label={w.seek_audience}
          aria-describedby={counted}
          placeholder={w.seek_audience}
          value={search.sought}
          spellCheck={false}
          onChange={(event) => search.onSeek(event.target.value)}
        />
      )}
    </div>
  );
}
