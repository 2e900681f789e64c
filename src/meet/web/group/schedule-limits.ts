/** How long agendas may be. Nothing else: pages that only show them load no cryptography. */

export const items_max = 20;
/** UTF-16 units. */
export const title_length_max = 80;
export const item_minutes_max = 240;
