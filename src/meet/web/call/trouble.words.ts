import { words } from '../../../web/lang.ts';

/** Each trouble as one sentence, and what can be done. */
export const trouble_words = words(
  {
    title: 'Your side',
    says: {
      'silent-microphone': 'Your microphone gives no sound at all. Nobody can hear you.',
      'slow-upload': 'Your line is weak: others hear and see you badly.',
      'slow-download': 'Your line is weak: what you hear and see is broken.',
      'busy-device': 'Your device is busy: your picture is sent smaller than it could be.',
    },
    choose_microphone: 'Choose another microphone',
    without_video: 'Go on without my video',
    small: 'Receive small pictures',
    none: 'Receive voices only',
    aside: 'Leave it so',
  },
  {
    title: 'De votre côté',
    says: {
      'silent-microphone': 'Votre micro ne donne aucun son. Personne ne peut vous entendre.',
      'slow-upload': 'Votre ligne est faible\u202f: les autres vous entendent et vous voient mal.',
      'slow-download': 'Votre ligne est faible\u202f: ce que vous entendez et voyez est haché.',
      'busy-device':
        'Votre appareil est chargé\u202f: votre image est envoyée plus petite qu’elle ne pourrait l’être.',
    },
    choose_microphone: 'Choisir un autre micro',
    without_video: 'Continuer sans ma vidéo',
    small: 'Recevoir de petites images',
    none: 'Recevoir les voix seules',
    aside: 'Laisser ainsi',
  },
);
