import { words } from '../../web/lang.ts';

/** What the join page says when all goes well; what can be wrong is in trouble.words.ts. */
export const joinWords = words(
  {
    title: 'Join the meeting',
    here: (people: number) =>
      people === 0
        ? 'Nobody is here yet.'
        : people === 1
          ? 'One person is here.'
          : `${people} people are here.`,
    name: 'Your name',
    name_missing: 'Write your name first.',
    join: 'Join',
    connecting: 'Connecting…',
    unreachable: 'The server cannot be reached. Try again.',
    audio: { on: 'Mute', off: 'Unmute' },
    video: { on: 'Stop video', off: 'Start video' },
    settings: 'Settings',
    ask: 'Turn on camera and microphone',
    unseen: 'Nobody sees or hears you yet.',
    camera_off: 'Your camera is off',
    copy: 'Copy link',
    copied: 'Copied',
    share: 'Share link',
    invite: 'Send this link to your guests.',
    encryption: 'End-to-end encrypted: only people in the meeting hear and see it.',
  },
  {
    title: 'Rejoindre la réunion',
    here: (people: number) =>
      people === 0
        ? 'Personne n’est encore là.'
        : people === 1
          ? 'Une personne est là.'
          : `${people} personnes sont là.`,
    name: 'Votre nom',
    name_missing: 'Écrivez d’abord votre nom.',
    join: 'Rejoindre',
    connecting: 'Connexion…',
    unreachable: 'Le serveur est injoignable. Réessayez.',
    audio: { on: 'Couper le micro', off: 'Activer le micro' },
    video: { on: 'Couper la caméra', off: 'Activer la caméra' },
    settings: 'Réglages',
    ask: 'Allumer la caméra et le micro',
    unseen: 'Personne ne vous voit ni ne vous entend encore.',
    camera_off: 'Votre caméra est coupée',
    copy: 'Copier le lien',
    copied: 'Copié',
    share: 'Partager le lien',
    invite: 'Envoyez ce lien à vos invités.',
    encryption:
      'Chiffrée de bout en bout\u202f: seules les personnes présentes l’entendent et la voient.',
  },
);
