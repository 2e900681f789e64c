import { words } from '../../../web/lang.ts';

/** What the panel about the encryption says beside the lock's own sentence. */
export const encryption_words = words(
  {
    code: 'Numbers to compare',
    round: (epoch: string) => `Round ${epoch}`,
    compare:
      'Read them out. If everyone sees the same, nobody is between you. They change when somebody comes or goes, and now and then by themselves.',
    picture: 'The same numbers as a QR code',
    same: 'We see the same',
    same_soon: 'New numbers. Compare again.',
    here: 'Who has keys',
    compared: 'compared',
    not_compared: 'not compared yet',
    unconfirmed: 'not confirmed yet',
    server: 'The server sees who is connected, when, and from where.',
    served: (host: string, build: string) =>
      `Your browser gets this app’s code from ${host} each time. If ${host} were dishonest it could send different code. Compare build ${build}.`,
  },
  {
    code: 'Nombres à comparer',
    round: (epoch) => `Tour ${epoch}`,
    compare:
      'Lisez-les à voix haute. Si tout le monde voit les mêmes, personne n’est entre vous. Ils changent quand quelqu’un arrive ou part, et de temps en temps d’eux-mêmes.',
    picture: 'Les mêmes nombres en code QR',
    same: 'Nous voyons les mêmes',
    same_soon: 'Nouveaux nombres. Comparez à nouveau.',
    here: 'Qui a des clés',
    compared: 'comparé',
    not_compared: 'pas encore comparé',
    unconfirmed: 'pas encore confirmé',
    server: 'Le serveur voit qui est connecté, quand et d’où.',
    served: (host, build) =>
      `Votre navigateur reçoit le code de cette application de ${host} à chaque fois. Si ${host} était malhonnête, il pourrait envoyer un autre code. Comparez la version ${build}.`,
  },
);
