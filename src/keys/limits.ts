/** What a group may hold and a call may carry (encryption design, section 3.1). */

/** Of one MLS message, in bytes. */
export const message_bytes_max = 512 * 1024;
/** GroupInfo and tree of one epoch, sealed. */
export const info_bytes_max = 512 * 1024;
/** One joiner's slice of a Welcome: 337 bytes and the policy, which has 8 kB at most. */
export const welcome_bytes_max = 16 * 1024;
export const key_package_bytes_max = 4 * 1024;
/** A sealed name and note (protocol/encryption/knock.ts). */
export const name_bytes_max = 2304;
export const admit_bytes_max = 1024;

export const leaves_max = 500;
/** Adds in one commit. */
export const welcomes_max = 64;
export const hosts_max = 16;
/** Knocks that wait in one room. */
export const waiting_max = 256;
export const chain_max = 8;
/** On the stage of an event, hosts not counted. */
export const stage_max = 64;

/**
 * Messages up to this size travel inside their event; of a larger one the event says only that it
 * is there, and a member fetches it with `log`. Followers are many and the line is shared.
 */
export const inline_bytes_max = 48 * 1024;
/** Who is further behind than this many events is told the state, and pulls the log at its pace. */
export const resume_max = 200;
/** Messages in one answer of `log`; one larger message comes alone. */
export const page_bytes_max = 256 * 1024;
export const page_entries_max = 500;

/** Of a group's log: beyond the first number application messages are refused. */
export const log_bytes_soft_max = 256 * 1024 * 1024;
/** Beyond this also commits are. */
export const log_bytes_max = 512 * 1024 * 1024;

/** Characters of unpadded base64url for so many bytes. */
export function textLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}

/** Names, numbers and marks of an input beside its bytes and lists. */
const frame_bytes = 1024;
/** One Welcome: its knock, the names and the marks. */
const welcome_frame_bytes = 64;
/** An id in a list, with its marks. */
const id_bytes = 25;

/** Bodies over HTTP of the calls whose inputs do not fit the common limit. */
export const bodies = {
  create: textLength(info_bytes_max) + frame_bytes,
  commit:
    textLength(message_bytes_max) +
    textLength(info_bytes_max) +
    welcomes_max * (textLength(welcome_bytes_max) + welcome_frame_bytes) +
    (leaves_max + hosts_max) * id_bytes +
    frame_bytes,
  resync: textLength(message_bytes_max) + textLength(info_bytes_max) + frame_bytes,
  app: textLength(message_bytes_max) + frame_bytes,
} as const;
