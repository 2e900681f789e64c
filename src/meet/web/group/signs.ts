/** How one may answer a message without words. Nothing else: pages that show them load no cryptography. */
export const signs = ['agree', 'heart', 'laugh', 'wow', 'cheer', 'question'] as const;
export type Sign = (typeof signs)[number];
