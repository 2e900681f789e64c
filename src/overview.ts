/** What the operator's page says, put together from every room's own counts. */
import type { HealthReport } from './app/health.ts';
import type { Row, Said, Section } from './app/operator-page.ts';
import type { Config } from './config.ts';
import type { MediaMetrics } from './media/index.ts';

export interface Counts {
  readonly health: HealthReport;
  readonly media: MediaMetrics;
  readonly connections: number;
  readonly made: { readonly minute: number; readonly hour: number; readonly bits: number };
  readonly trials: number;
  /** By name of the call. */
  readonly calls: ReadonlyMap<string, { readonly refused: number; readonly failed: number }>;
}

const parts: Readonly<Record<string, Said>> = {
  database: { en: 'Database', fr: 'Base de données' },
  engine: { en: 'Media engine', fr: 'Moteur média' },
  disk: { en: 'Disk', fr: 'Disque' },
};
const levels: Readonly<Record<string, Said>> = {
  ok: { en: 'well', fr: 'va bien' },
  degraded: { en: 'degraded', fr: 'dégradé' },
  failing: { en: 'failing', fr: 'en panne' },
};

function tellHealth({ checks }: HealthReport): Section {
  const rows = Object.entries(checks).map(([part, check]): Row => {
    const { level, detail } = check;
    return {
      name: parts[part] ?? part,
      value: levels[level] ?? level,
      alarming: level !== 'ok',
      ...(detail !== undefined && { note: { en: detail, fr: detail } }),
    };
  });
  return { title: { en: 'Health', fr: 'État' }, rows };
}

function tellPresent({ media, connections, trials }: Counts): Section {
  return {
    title: { en: 'Now', fr: 'Maintenant' },
    rows: [
      {
        name: { en: 'Meetings with people in them', fr: 'Réunions où il y a du monde' },
        value: media.media_rooms,
      },
      { name: { en: 'People in calls', fr: 'Personnes en appel' }, value: media.media_people },
      { name: { en: 'Live connections', fr: 'Connexions ouvertes' }, value: connections },
      { name: { en: 'Connection tests', fr: 'Tests de connexion' }, value: trials },
      {
        name: { en: 'Restarts of the media engine', fr: 'Redémarrages du moteur média' },
        value: media.media_restarts_total,
        alarming: media.media_restarts_total > 0,
        note: {
          en: 'Where it grows, see the log for part: media.',
          fr: 'S’il augmente, voir le journal, part: media.',
        },
      },
    ],
  };
}

function tellMade({ made }: Counts, { creations }: Pick<Config, 'creations'>): Section {
  const { calm_max, hourly_max } = creations;
  return {
    title: { en: 'Meetings made', fr: 'Réunions créées' },
    rows: [
      {
        name: { en: 'In the last minute', fr: 'Dans la dernière minute' },
        value: made.minute,
        alarming: made.minute >= calm_max,
        note: {
          en: `From ${calm_max} on browsers work for one (CONCLAVE_CREATIONS_CALM).`,
          fr: `À partir de ${calm_max}, les navigateurs travaillent pour en créer une (CONCLAVE_CREATIONS_CALM).`,
        },
      },
      {
        name: { en: 'In the last hour', fr: 'Dans la dernière heure' },
        value: made.hour,
        alarming: made.hour >= hourly_max,
        note: {
          en: `At most ${hourly_max} (CONCLAVE_CREATIONS_MAX).`,
          fr: `Au plus ${hourly_max} (CONCLAVE_CREATIONS_MAX).`,
        },
      },
      {
        name: { en: 'Work asked for the next, bits', fr: 'Travail demandé pour la suivante, bits' },
        value: made.bits,
      },
    ],
  };
}

/** What was refused, most often first: somebody tries something, or a limit is too low. */
function tellRefused({ calls, media }: Counts): Section {
  const most = [...calls]
    .filter(([, { refused, failed }]) => refused + failed > 0)
    .toSorted(([, one], [, other]) => other.refused + other.failed - one.refused - one.failed);
  return {
    title: { en: 'Refused and failed', fr: 'Refus et échecs' },
    rows: [
      {
        name: { en: 'Connections to the media engine', fr: 'Connexions au moteur média' },
        value: media.media_refusals_total,
      },
      ...most.map(([name, { refused, failed }]): Row => ({
        name,
        value: refused + failed,
        alarming: failed > 0,
        ...(failed > 0 && {
          note: {
            en: `${failed} by a fault of ours: search the log for the ids.`,
            fr: `dont ${failed} par notre faute\u202f: chercher les ids dans le journal.`,
          },
        }),
      })),
    ],
  };
}

export function tellOverview(
  counts: Counts,
  config: Pick<Config, 'creations' | 'people_max'>,
): Section[] {
  const limits: Section = {
    title: { en: 'Limits', fr: 'Limites' },
    rows: [
      {
        name: { en: 'People in one meeting', fr: 'Personnes dans une réunion' },
        value: config.people_max,
        note: { en: 'CONCLAVE_PEOPLE_MAX', fr: 'CONCLAVE_PEOPLE_MAX' },
      },
    ],
  };
  return [
    tellHealth(counts.health),
    tellPresent(counts),
    tellMade(counts, config),
    tellRefused(counts),
    limits,
  ];
}
