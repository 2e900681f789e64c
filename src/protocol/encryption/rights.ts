/** What a policy may let guests do. Nothing else: pages that only show it load no cryptography. */

/** In the order in which the policy lists it. */
export const guest_rights = ['mic', 'cam', 'share', 'chat', 'react'] as const;
export type GuestRight = (typeof guest_rights)[number];

/** Those that are sent through the media engine; `share` is a screen with its sound. */
export const sends = ['mic', 'cam', 'share'] as const satisfies readonly GuestRight[];
export type Send = (typeof sends)[number];
