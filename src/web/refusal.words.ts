import { words } from './lang.ts';

/** "20 seconds", "3 minutes": as long as one waits before trying again. */
function wait(lang: string, wait_ms: number): string {
  const seconds = Math.max(1, Math.ceil(wait_ms / 1000));
  const [value, unit] = seconds < 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** What any call to the server can end with, where the page knows nothing better to say. */
export const refusalWords = words(
  {
    unreachable: 'The server cannot be reached. Check your connection, then try again.',
    limited: (wait_ms: number) =>
      `Too much was asked for at once. Try again in ${wait('en', wait_ms)}.`,
    failed: 'Something failed on the server’s side. Try again in a moment.',
    insecure:
      'The address of this page does not begin with https, so the browser lends it neither a camera nor keys. Ask whoever runs this server for its secure address.',
    old: 'This browser is too old to keep a meeting’s key. Use Chrome or Edge 137, Firefox 130, Safari 17, or a later one.',
  },
  {
    unreachable: 'Le serveur est injoignable. Vérifiez votre connexion, puis réessayez.',
    limited: (wait_ms: number) =>
      `Trop de demandes à la fois. Réessayez dans ${wait('fr', wait_ms)}.`,
    failed: 'Une panne est survenue du côté du serveur. Réessayez dans un instant.',
    insecure:
      'L’adresse de cette page ne commence pas par https\u202f: le navigateur ne lui prête ni caméra ni clés. Demandez l’adresse sécurisée à qui tient ce serveur.',
    old: 'Ce navigateur est trop ancien pour garder la clé d’une réunion. Prenez Chrome ou Edge 137, Firefox 130, Safari 17, ou plus récent.',
  },
);
