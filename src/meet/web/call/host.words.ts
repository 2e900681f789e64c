import { words } from '../../../web/lang.ts';

/** What hosts read, and what is said of them. Names of controls are an interface. */
export const host_words = words(
  {
    waiting: (count: number) => (count === 1 ? 'One person is waiting' : `${count} are waiting`),
    waits: (count: number) => `${count} waiting`,
    admit: 'Admit',
    refuse: 'Refuse',
    admit_all: 'Admit all',
    gate: 'Who may come in',
    gates: {
      open: 'Everybody who has the link',
      lobby: 'Whoever a host admits',
      locked: 'Nobody new',
    },
    roles: { 'root host': 'host', 'co-host': 'co-host', guest: '' },
    copy_host_link: 'Copy host link',
    host_link_what: 'For your other devices. Whoever opens it is the host of this meeting.',
    manage: (name: string) => `Options for ${name}`,
    remove: (name: string) => `Remove ${name}`,
    appoint: (name: string) => `Make co-host ${name}`,
    dismiss: (name: string) => `Take co-host from ${name}`,
    remove_ask: (name: string) => `Remove ${name} from the meeting?`,
    remove_what:
      'They are out at once and their browser is not let in again. They still have the link, and could come back as somebody else unless you change it. Those who are here get the new link by themselves.',
    remove_now: 'Remove',
    remove_relink: 'Remove and change the link',
    at_door: 'Waiting to be let in',
    at_door_how: 'The meeting has been told that you are here. Keep this page open.',
  },
  {
    waiting: (count: number) =>
      count === 1 ? 'Une personne attend' : `${count} personnes attendent`,
    waits: (count: number) => `${count} en attente`,
    admit: 'Admettre',
    refuse: 'Refuser',
    admit_all: 'Tout admettre',
    gate: 'Qui peut entrer',
    gates: {
      open: 'Toute personne qui a le lien',
      lobby: 'Les personnes qu’un hôte admet',
      locked: 'Plus personne',
    },
    roles: { 'root host': 'hôte', 'co-host': 'coanimateur', guest: '' },
    copy_host_link: 'Copier le lien d’hôte',
    host_link_what: 'Pour vos autres appareils. Qui l’ouvre est l’hôte de cette réunion.',
    manage: (name: string) => `Options pour ${name}`,
    remove: (name: string) => `Exclure ${name}`,
    appoint: (name: string) => `Nommer ${name} coanimateur`,
    dismiss: (name: string) => `Retirer à ${name} le rôle de coanimateur`,
    remove_ask: (name: string) => `Exclure ${name} de la réunion\u202f?`,
    remove_what:
      'Cette personne sort aussitôt, et son navigateur ne sera plus admis. Elle a toujours le lien, et pourrait revenir sous un autre nom si vous ne le changez pas. Les personnes présentes reçoivent le nouveau lien d’elles-mêmes.',
    remove_now: 'Exclure',
    remove_relink: 'Exclure et changer le lien',
    at_door: 'En attente d’admission',
    at_door_how: 'La réunion sait que vous êtes là. Gardez cette page ouverte.',
  },
);
