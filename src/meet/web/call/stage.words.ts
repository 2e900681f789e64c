import { words } from '../../../web/lang.ts';

/** What is written among the tiles. Names of controls are an interface (meetings design). */
const en = {
  call: 'Meeting',
  you: (name: string) => `${name} (you)`,
  screen_of: (name: string) => `Screen shared by ${name}`,
  your_screen: 'Your screen, as everyone sees it',
  muted: 'muted',
  hand_place: (place: number) => `Hand raised, number ${place}`,
  away: 'reconnecting',
  bars: ['no connection', 'weak connection', 'fair connection', 'good connection'],
};

const fr: typeof en = {
  call: 'Réunion',
  you: (name) => `${name} (vous)`,
  screen_of: (name) => `Écran partagé par ${name}`,
  your_screen: 'Votre écran, tel que tous le voient',
  muted: 'micro coupé',
  hand_place: (place) => `Main levée, n° ${place}`,
  away: 'reconnexion en cours',
  bars: ['connexion perdue', 'connexion faible', 'connexion moyenne', 'bonne connexion'],
};

export const stage_words = words(en, fr);
