import type { LinkFault } from '../../protocol/link/link.ts';
import { words } from '../lang.ts';

interface HomeWords {
  readonly title: string;
  readonly lead: string;
  readonly create: string;
  readonly creating: string;
  readonly link: string;
  readonly join: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly encryption: string;
  readonly test: string;
  readonly empty: string;
  readonly faults: Readonly<Record<LinkFault, string>>;
}

export const homeWords = words<HomeWords>(
  {
    title: 'A room with a key.',
    lead: 'Press one button, send the link, talk.',
    create: 'New meeting',
    creating: 'Preparing the room…',
    link: 'Meeting link',
    join: 'Join',
    facts: [
      ['No account', 'the link is enough'],
      ['Nothing to install', 'phone or laptop'],
      ['Yours', 'on your own machine'],
    ],
    encryption:
      'Sound, picture and chat are encrypted from end to end: this server carries them and cannot hear, see or read them.',
    test: 'Test my connection',
    empty: 'Paste the link you were sent.',
    faults: {
      none: 'That is not a meeting link. Paste the whole link you were sent.',
      absent: 'This link is incomplete. Ask for the whole link, or paste it here.',
      malformed: 'A part of this link is missing or changed. Ask for it again, or paste it here.',
      foreign: 'This link leads to another server. Open it in the address bar.',
    },
  },
  {
    title: 'Une salle, une clé.',
    lead: 'Un bouton, un lien à envoyer, et l’on se parle.',
    create: 'Nouvelle réunion',
    creating: 'La salle se prépare…',
    link: 'Lien de la réunion',
    join: 'Rejoindre',
    facts: [
      ['Sans compte', 'le lien suffit'],
      ['Rien à installer', 'sur téléphone ou ordinateur'],
      ['Chez vous', 'sur votre propre machine'],
    ],
    encryption:
      'Le son, l’image et la discussion sont chiffrés de bout en bout\u202f: ce serveur les transporte sans pouvoir les entendre, les voir ni les lire.',
    test: 'Tester ma connexion',
    empty: 'Collez le lien que vous avez reçu.',
    faults: {
      none: 'Ce n’est pas un lien de réunion. Collez le lien entier que vous avez reçu.',
      absent: 'Ce lien est incomplet. Demandez le lien entier, ou collez-le ici.',
      malformed:
        'Une partie de ce lien manque ou a changé. Redemandez-le, ou collez-le ici en entier.',
      foreign: 'Ce lien mène à un autre serveur. Ouvrez-le depuis la barre d’adresse.',
    },
  },
);
