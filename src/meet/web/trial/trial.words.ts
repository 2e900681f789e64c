import { words } from '../../../web/lang.ts';
import type { Step, State, Verdict } from './steps.ts';
import type { Device, DeviceState } from './device-tries.ts';

export interface TrialWords {
  readonly title: string;
  readonly lead: string;
  readonly start: string;
  readonly again: string;
  readonly stop: string;
  readonly line: string;
  readonly steps: Readonly<Record<Step, string>>;
  readonly states: Readonly<Record<State, string>>;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly round: (ms: string) => string;
  readonly figures: (f: {
    readonly kbit_s: string;
    readonly lost: string;
    readonly jitter_ms: string;
  }) => string;
  readonly frames: (sealed: string, opened: string) => string;
  readonly devices: string;
  readonly devices_how: string;
  readonly ask: string;
  readonly end: string;
  readonly play: string;
  readonly heard: string;
  readonly unheard: string;
  readonly own: string;
  readonly level: string;
  readonly device: Readonly<Record<Device, string>>;
  readonly said: Readonly<Record<Device, Readonly<Record<DeviceState, string>>>>;
  readonly picture: (width: string, height: string, frames_s: string) => string;
  readonly report: string;
  readonly report_how: string;
  readonly copy: string;
  readonly copied: string;
  readonly operator: string;
  readonly operator_how: string;
  readonly open: string;
  readonly closed: string;
  readonly settings: Readonly<Record<'udp' | 'tcp' | 'relay', string>>;
  readonly private: (address: string) => string;
  readonly nothing: string;
  readonly failed: string;
}

export const trialWords = words<TrialWords>(
  {
    title: 'Test my connection',
    lead: 'Tries everything that a meeting needs, with a drawn picture. It takes about half a minute, and nobody sees or hears you.',
    start: 'Start the test',
    again: 'Test again',
    stop: 'Stop',
    line: 'Connection and encryption',
    steps: {
      browser: 'This browser can encrypt calls',
      server: 'The server answers',
      socket: 'It can be talked with all the time (WebSocket)',
      udp: 'Sound and picture the best way (UDP)',
      tcp: 'Where that is blocked (TCP)',
      relay: 'Through the server’s relay (TURN)',
      line: 'Quality of the line',
      keys: 'A picture encrypted from end to end',
    },
    states: {
      waiting: 'to come',
      running: 'being tried',
      good: 'works',
      fair: 'could be better',
      bad: 'does not work',
      skipped: 'not tried',
    },
    verdicts: {
      running: 'Trying…',
      browser:
        'This browser cannot encrypt calls, so it cannot join. Update it, or use a current Chrome, Edge, Firefox or Safari.',
      server: 'The server cannot be reached. Look at your connection, and try again.',
      busy: 'Many people are testing at the moment. Try again in a minute.',
      socket:
        'Something between you and the server does not let a lasting connection through: a proxy, a filter or a protection program. Try another network.',
      media:
        'No way for sound and picture is open. Try another network; if it is the same there, tell whoever runs this server.',
      keys: 'The picture came through, but could not be encrypted and opened again. Update this browser.',
      poor: 'Your line is too weak for pictures. Come closer to the Wi-Fi, or join with sound only.',
      weak: 'A meeting will work; at times pictures may stall. A cable or another network would help.',
      tcp: 'A meeting will work. Your network blocks the best way (UDP), so pictures may stall when the line is busy.',
      relay:
        'A meeting will work through the relay. Your network blocks the direct way, so everything takes a little longer.',
      good: 'All is well: a meeting will work here.',
    },
    round: (ms) => `${ms} ms there and back`,
    figures: ({ kbit_s, lost, jitter_ms }) =>
      `${kbit_s} kbit/s, ${lost} % lost, uneven by ${jitter_ms} ms`,
    frames: (sealed, opened) => `${sealed} pictures encrypted, ${opened} opened`,
    devices: 'Camera, microphone, speakers',
    devices_how: 'Stays on this device: nothing of it is sent.',
    ask: 'Try camera and microphone',
    end: 'Switch off',
    play: 'Play a sound',
    heard: 'I heard it',
    unheard: 'I heard nothing',
    own: 'Your picture',
    level: 'Loudness of the microphone',
    device: { camera: 'Camera', microphone: 'Microphone', speaker: 'Speakers' },
    said: {
      camera: {
        waiting: 'not tried',
        running: 'being tried',
        good: 'works',
        blocked: 'blocked: allow it beside the address',
        busy: 'held by another program: close it there',
        absent: 'none was found',
        silent: '',
      },
      microphone: {
        waiting: 'not tried',
        running: 'say something',
        good: 'works',
        blocked: 'blocked: allow it beside the address',
        busy: 'held by another program: close it there',
        absent: 'none was found',
        silent: 'nothing to be heard: is it switched off, or is another one chosen?',
      },
      speaker: {
        waiting: 'not tried',
        running: 'two soft notes: did you hear them?',
        good: 'work',
        blocked: '',
        busy: '',
        absent: '',
        silent: 'nothing to be heard: turn the sound up, or choose others in the system’s settings',
      },
    },
    picture: (width, height, frames_s) => `${width} × ${height}, ${frames_s} a second`,
    report: 'Report',
    report_how: 'For whoever helps you. It says no address of yours and nothing of a meeting.',
    copy: 'Copy the report',
    copied: 'Copied',
    operator: 'For whoever runs this server',
    operator_how:
      'Open this page from outside, such as a phone without Wi-Fi: what is red here is closed to people out there.',
    open: 'open',
    closed: 'not reached',
    settings: {
      udp: 'Open this port in firewall and router. Other port: CONCLAVE_MEDIA_UDP_PORT; other address: CONCLAVE_NODE_IP.',
      tcp: 'Open this port in firewall and router; it must not go through a web proxy. Other port: CONCLAVE_MEDIA_TCP_PORT.',
      relay: 'Open this port in firewall and router. Other port: CONCLAVE_TURN_PORT.',
    },
    private: (address) =>
      `${address} can be reached in its own network only. For people outside, set CONCLAVE_NODE_IP to the public address.`,
    nothing: 'The server offered no way at all: is its media engine up? GET /healthz tells.',
    failed: 'The test could not be loaded. Try again.',
  },
  {
    title: 'Tester ma connexion',
    lead: 'Essaie tout ce dont une réunion a besoin, avec une image dessinée. Cela prend une demi-minute environ, et personne ne vous voit ni ne vous entend.',
    start: 'Commencer le test',
    again: 'Tester à nouveau',
    stop: 'Arrêter',
    line: 'Connexion et chiffrement',
    steps: {
      browser: 'Ce navigateur sait chiffrer les appels',
      server: 'Le serveur répond',
      socket: 'On peut lui parler en continu (WebSocket)',
      udp: 'Son et image par la meilleure voie (UDP)',
      tcp: 'Là où elle est bloquée (TCP)',
      relay: 'Par le relais du serveur (TURN)',
      line: 'Qualité de la ligne',
      keys: 'Une image chiffrée de bout en bout',
    },
    states: {
      waiting: 'à venir',
      running: 'à l’essai',
      good: 'fonctionne',
      fair: 'pourrait être mieux',
      bad: 'ne fonctionne pas',
      skipped: 'non essayé',
    },
    verdicts: {
      running: 'Essai en cours…',
      browser:
        'Ce navigateur ne sait pas chiffrer les appels et ne peut donc pas participer. Mettez-le à jour, ou prenez un Chrome, Edge, Firefox ou Safari récent.',
      server: 'Le serveur est injoignable. Vérifiez votre connexion, puis réessayez.',
      busy: 'Beaucoup de monde teste en ce moment. Réessayez dans une minute.',
      socket:
        'Quelque chose entre vous et le serveur ne laisse pas passer une connexion durable\u202f: un proxy, un filtre ou un logiciel de protection. Essayez un autre réseau.',
      media:
        'Aucune voie n’est ouverte au son et à l’image. Essayez un autre réseau\u202f; si c’est pareil, dites-le à la personne qui gère ce serveur.',
      keys: 'L’image est passée, mais n’a pas pu être chiffrée puis rouverte. Mettez ce navigateur à jour.',
      poor: 'Votre ligne est trop faible pour l’image. Rapprochez-vous du Wi-Fi, ou participez avec le son seul.',
      weak: 'Une réunion fonctionnera\u202f; l’image pourra se figer par moments. Un câble ou un autre réseau aiderait.',
      tcp: 'Une réunion fonctionnera. Votre réseau bloque la meilleure voie (UDP)\u202f: l’image pourra se figer quand la ligne est chargée.',
      relay:
        'Une réunion fonctionnera par le relais. Votre réseau bloque la voie directe\u202f: tout prend un peu plus de temps.',
      good: 'Tout va bien\u202f: une réunion fonctionnera ici.',
    },
    round: (ms) => `${ms} ms aller et retour`,
    figures: ({ kbit_s, lost, jitter_ms }) =>
      `${kbit_s} kbit/s, ${lost} % de pertes, ${jitter_ms} ms d’irrégularité`,
    frames: (sealed, opened) => `${sealed} images chiffrées, ${opened} rouvertes`,
    devices: 'Caméra, micro, haut-parleurs',
    devices_how: 'Reste sur cet appareil\u202f: rien n’en est envoyé.',
    ask: 'Essayer caméra et micro',
    end: 'Éteindre',
    play: 'Jouer un son',
    heard: 'Je l’ai entendu',
    unheard: 'Je n’ai rien entendu',
    own: 'Votre image',
    level: 'Volume du micro',
    device: { camera: 'Caméra', microphone: 'Micro', speaker: 'Haut-parleurs' },
    said: {
      camera: {
        waiting: 'non essayée',
        running: 'à l’essai',
        good: 'fonctionne',
        blocked: 'bloquée\u202f: autorisez-la à côté de l’adresse',
        busy: 'prise par un autre programme\u202f: fermez-le',
        absent: 'aucune n’a été trouvée',
        silent: '',
      },
      microphone: {
        waiting: 'non essayé',
        running: 'dites quelque chose',
        good: 'fonctionne',
        blocked: 'bloqué\u202f: autorisez-le à côté de l’adresse',
        busy: 'pris par un autre programme\u202f: fermez-le',
        absent: 'aucun n’a été trouvé',
        silent: 'on n’entend rien\u202f: est-il coupé, ou en faut-il un autre\u202f?',
      },
      speaker: {
        waiting: 'non essayés',
        running: 'deux notes douces\u202f: les avez-vous entendues\u202f?',
        good: 'fonctionnent',
        blocked: '',
        busy: '',
        absent: '',
        silent:
          'on n’entend rien\u202f: montez le son, ou choisissez-en d’autres dans les réglages du système',
      },
    },
    picture: (width, height, frames_s) => `${width} × ${height}, ${frames_s} par seconde`,
    report: 'Compte rendu',
    report_how:
      'Pour la personne qui vous aide. Il ne dit aucune adresse à vous ni rien d’une réunion.',
    copy: 'Copier le compte rendu',
    copied: 'Copié',
    operator: 'Pour la personne qui gère ce serveur',
    operator_how:
      'Ouvrez cette page de l’extérieur, par exemple d’un téléphone sans Wi-Fi\u202f: ce qui est rouge ici est fermé aux gens du dehors.',
    open: 'ouvert',
    closed: 'non atteint',
    settings: {
      udp: 'Ouvrez ce port dans le pare-feu et le routeur. Autre port\u202f: CONCLAVE_MEDIA_UDP_PORT\u202f; autre adresse\u202f: CONCLAVE_NODE_IP.',
      tcp: 'Ouvrez ce port dans le pare-feu et le routeur\u202f; il ne doit pas passer par un proxy web. Autre port\u202f: CONCLAVE_MEDIA_TCP_PORT.',
      relay: 'Ouvrez ce port dans le pare-feu et le routeur. Autre port\u202f: CONCLAVE_TURN_PORT.',
    },
    private: (address) =>
      `${address} n’est joignable que dans son propre réseau. Pour les gens du dehors, donnez l’adresse publique à CONCLAVE_NODE_IP.`,
    nothing:
      'Le serveur n’a proposé aucune voie\u202f: son moteur média tourne-t-il\u202f? GET /healthz le dit.',
    failed: 'Le test n’a pas pu être chargé. Réessayez.',
  },
);
