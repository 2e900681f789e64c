import { words } from '../lang.ts';

export const missingWords = words(
  {
    title: 'There is nothing here',
    text: 'The address leads nowhere on this server. Check it against the link you were sent.',
    home: 'Go to the first page',
    noscript: 'Conclave runs in the browser, and needs JavaScript. Switch it on for this page.',
  },
  {
    title: 'Il n’y a rien ici',
    text: 'Cette adresse ne mène nulle part sur ce serveur. Comparez-la au lien que vous avez reçu.',
    home: 'Aller à la première page',
    noscript:
      'Conclave tourne dans le navigateur et a besoin de JavaScript. Activez-le pour cette page.',
  },
);
