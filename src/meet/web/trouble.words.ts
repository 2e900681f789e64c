import type { LinkFault } from '../../protocol/link/link.ts';
import { words } from '../../web/lang.ts';
import type { DeviceFault } from './device-fault.ts';

/** Whose trouble it is: one device's, or both at once. */
type Faults = Readonly<Record<'audio' | 'video' | 'both', Readonly<Record<DeviceFault, string>>>>;

interface TroubleWords {
  readonly devices: Faults;
  readonly again: string;
  readonly rejoin: string;
  readonly home: string;
  readonly link: string;
  readonly open: string;
  readonly empty: string;
  readonly faults: Readonly<Record<LinkFault, string>>;
  readonly incomplete: string;
  readonly incomplete_text: string;
  readonly malformed_text: string;
  readonly gone: string;
  readonly gone_text: string;
  readonly ended: string;
  readonly ended_text: string;
  readonly full: string;
  readonly full_text: (people_max: number) => string;
  readonly unfit: string;
  readonly left: string;
  readonly left_text: string;
  readonly removed: string;
  readonly removed_text: string;
  readonly denied: string;
  readonly denied_text: string;
  readonly failed: string;
  readonly failed_text: string;
  readonly test: string;
}

export const troubleWords = words<TroubleWords>(
  {
    devices: {
      audio: {
        blocked: 'The microphone is blocked. Allow it beside the address, then press Unmute.',
        busy: 'Another program holds the microphone. Close it there, then press Unmute.',
        absent: 'No microphone was found. Plug one in, or join and listen.',
      },
      video: {
        blocked: 'The camera is blocked. Allow it beside the address, then press Start video.',
        busy: 'Another program holds the camera. Close it there, then press Start video.',
        absent: 'No camera was found. Plug one in, or join without.',
      },
      both: {
        blocked:
          'Camera and microphone are blocked. Allow them beside the address, or join without.',
        busy: 'Another program holds camera and microphone. Close it, or join without.',
        absent: 'Neither a camera nor a microphone was found. Plug one in, or join and listen.',
      },
    },
    test: 'Test my connection',
    again: 'Try again',
    rejoin: 'Rejoin',
    home: 'Go to the first page',
    link: 'Meeting link',
    open: 'Join',
    empty: 'Paste the link you were sent.',
    faults: {
      none: 'That is not a meeting link. Paste the whole link you were sent.',
      absent: 'This link is incomplete too. Ask for the whole one.',
      malformed: 'A part of this link is missing or changed. Ask for it again.',
      foreign: 'This link leads to another server. Open it in the address bar.',
    },
    incomplete: 'This link is incomplete',
    incomplete_text: 'Ask for the whole link, or paste it here.',
    malformed_text:
      'A part of it is missing or changed. Ask for it again, or paste the whole link here.',
    gone: 'There is no such meeting',
    gone_text: 'It is over, or the link was changed. Ask for a new link.',
    ended: 'The meeting is over',
    ended_text: 'It was ended for everyone, and the link no longer works.',
    full: 'The meeting is full',
    full_text: (people_max) =>
      `${people_max} people are in it, which is as many as may be. You can enter as soon as somebody leaves.`,
    unfit: 'Nothing can be encrypted here',
    left: 'You left the meeting',
    left_text: 'If that was a slip, come back in.',
    removed: 'You were removed from the meeting',
    removed_text: 'A host ended your stay. Ask them if it was a mistake.',
    denied: 'You were not let in',
    denied_text:
      'A host did not let you in, or the meeting takes nobody new. Ask whoever invited you.',
    failed: 'The connection was lost',
    failed_text: 'The meeting may go on without you. Check your network, then come back in.',
  },
  {
    devices: {
      audio: {
        blocked:
          'Le micro est bloqué. Autorisez-le près de l’adresse, puis pressez Activer le micro.',
        busy: 'Un autre programme occupe le micro. Fermez-le, puis pressez Activer le micro.',
        absent: 'Aucun micro n’a été trouvé. Branchez-en un, ou entrez pour écouter.',
      },
      video: {
        blocked:
          'La caméra est bloquée. Autorisez-la près de l’adresse, puis pressez Activer la caméra.',
        busy: 'Un autre programme occupe la caméra. Fermez-le, puis pressez Activer la caméra.',
        absent: 'Aucune caméra n’a été trouvée. Branchez-en une, ou entrez sans.',
      },
      both: {
        blocked: 'Caméra et micro sont bloqués. Autorisez-les près de l’adresse, ou entrez sans.',
        busy: 'Un autre programme occupe la caméra et le micro. Fermez-le, ou entrez sans.',
        absent: 'Ni caméra ni micro n’ont été trouvés. Branchez-en un, ou entrez pour écouter.',
      },
    },
    test: 'Tester ma connexion',
    again: 'Réessayer',
    rejoin: 'Revenir',
    home: 'Aller à la première page',
    link: 'Lien de la réunion',
    open: 'Rejoindre',
    empty: 'Collez le lien que vous avez reçu.',
    faults: {
      none: 'Ce n’est pas un lien de réunion. Collez le lien entier que vous avez reçu.',
      absent: 'Ce lien est incomplet lui aussi. Demandez le lien entier.',
      malformed: 'Une partie de ce lien manque ou a changé. Redemandez-le.',
      foreign: 'Ce lien mène à un autre serveur. Ouvrez-le depuis la barre d’adresse.',
    },
    incomplete: 'Ce lien est incomplet',
    incomplete_text: 'Demandez le lien entier, ou collez-le ici.',
    malformed_text:
      'Une partie en manque ou a changé. Redemandez-le, ou collez ici le lien entier.',
    gone: 'Cette réunion n’existe pas',
    gone_text: 'Elle est terminée, ou le lien a été modifié. Demandez un nouveau lien.',
    ended: 'La réunion est terminée',
    ended_text: 'Elle a été close pour tous, et son lien ne fonctionne plus.',
    full: 'La réunion est complète',
    full_text: (people_max) =>
      `${people_max} personnes y sont, et c’est le maximum. Vous pourrez entrer dès qu’une place se libère.`,
    unfit: 'Rien ne peut être chiffré ici',
    left: 'Vous avez quitté la réunion',
    left_text: 'Si c’était une erreur, revenez.',
    removed: 'Vous avez été exclu de la réunion',
    removed_text:
      'Une personne qui l’anime a mis fin à votre présence. Demandez-lui si c’est une erreur.',
    denied: 'On ne vous a pas fait entrer',
    denied_text:
      'Un hôte ne vous a pas fait entrer, ou la réunion n’accepte plus personne. Demandez à qui vous a invité.',
    failed: 'La connexion est perdue',
    failed_text: 'La réunion continue peut-être sans vous. Vérifiez votre réseau, puis revenez.',
  },
);
