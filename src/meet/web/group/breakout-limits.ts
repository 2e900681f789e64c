/** How much may be told of breakout rooms. Nothing else: pages that only show them load no cryptography. */

export const rooms_max = 20;
/** How many leaves may be told at once. */
export const sealed_max = 500;
/** UTF-16 units. */
export const room_name_length_max = 60;
