/**
 * The accessible name of every control, in both languages: the promise that scripts and assistive
 * technology rely on. Changing one is a breaking change.
 */
export interface Names {
  readonly create: string;
  readonly link_field: string;
  readonly name_field: string;
  readonly join: string;
  readonly mute: string;
  readonly unmute: string;
  readonly stop_video: string;
  readonly start_video: string;
  readonly share: string;
  readonly stop_share: string;
  readonly leave: string;
  readonly end: string;
  readonly copy: string;
  readonly people: string;
  readonly chat: string;
  readonly settings: string;
  readonly message: string;
  readonly send: string;
  readonly raise: string;
  readonly lower: string;
  readonly encryption: string;
  readonly grid: string;
  readonly speaker: string;
  /** Follows one's own name on one's own tile. */
  readonly you: string;
}

export const names: { readonly en: Names; readonly fr: Names } = {
  en: {
    create: 'New meeting',
    link_field: 'Meeting link',
    name_field: 'Your name',
    join: 'Join',
    mute: 'Mute',
    unmute: 'Unmute',
    stop_video: 'Stop video',
    start_video: 'Start video',
    share: 'Share screen',
    stop_share: 'Stop sharing',
    leave: 'Leave',
    end: 'End for everyone',
    copy: 'Copy link',
    people: 'People',
    chat: 'Chat',
    settings: 'Settings',
    message: 'Message',
    send: 'Send',
    raise: 'Raise hand',
    lower: 'Lower hand',
    encryption: 'Encryption',
    grid: 'Grid',
    speaker: 'Speaker',
    you: '(you)',
  },
  fr: {
    create: 'Nouvelle réunion',
    link_field: 'Lien de la réunion',
    name_field: 'Votre nom',
    join: 'Rejoindre',
    mute: 'Couper le micro',
    unmute: 'Activer le micro',
    stop_video: 'Couper la caméra',
    start_video: 'Activer la caméra',
    share: 'Partager l’écran',
    stop_share: 'Arrêter le partage',
    leave: 'Quitter',
    end: 'Terminer pour tous',
    copy: 'Copier le lien',
    people: 'Participants',
    chat: 'Discussion',
    settings: 'Réglages',
    message: 'Message',
    send: 'Envoyer',
    raise: 'Lever la main',
    lower: 'Baisser la main',
    encryption: 'Chiffrement',
    grid: 'Grille',
    speaker: 'Intervenant',
    you: '(vous)',
  },
};
