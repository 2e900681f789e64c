import { words } from '../../web/lang.ts';

export const deviceWords = words(
  {
    camera: 'Camera',
    microphone: 'Microphone',
    speaker: 'Speaker',
    standard: 'The system’s',
    none: 'None found',
  },
  {
    camera: 'Caméra',
    microphone: 'Micro',
    speaker: 'Haut-parleur',
    standard: 'Celui du système',
    none: 'Aucun trouvé',
  },
);
