import * as z from 'zod';
import { call, contract, event } from '../app/contract.ts';
import { nonce_length_max, work_bits_max } from '../protocol/link/work.ts';

/** 26 characters of base32 without look-alikes: 130 bits from the server's CSPRNG. */
const room = z.string().regex(/^[a-z2-9]{26}$/);
/** Unpadded base64url of exactly 32 bytes. */
const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** A LiveKit identity: 22 characters, the beginning of a hash (e2ee design, `id`). */
const identity = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** Who shows the door value of a link, derived from its secret, holds the link. */
const at_door = { room, door: bytes32 };

/** Version of the link secret, from 1. */
const link = z.int().min(1).max(1_000_000);

const state = z.object({
  /** Public root key; its fingerprint must be the link's. */
  root: bytes32,
  link,
  /** LiveKit identities connected to the media server, in order of arrival. */
  here: z.array(identity).max(1000),
  /** How many may be here at once. */
  people_max: z.int().min(1).max(1000),
  ended: z.boolean(),
});

export const meet = contract('meet', {
  calls: {
    /** A room id, and a grant that proves the server gave it; good for ten minutes. */
    reserve: call({
      in: z.object({}),
      /** `bits`: of work that go with it, 0 while it is calm (protocol/link/work.ts). */
      out: z.object({ room, grant: z.string().max(200), bits: z.int().min(0).max(work_bits_max) }),
      rate: { burst: 60, refill_ms: 10_000 },
    }),
    /** Makes the meeting. `door_hash` is SHA-256 of the door value. */
    create: call({
      in: z.object({
        room,
        grant: z.string().max(200),
        root: bytes32,
        door_hash: bytes32,
        nonce: z.string().max(nonce_length_max).optional(),
      }),
      out: z.object({ room }),
      rate: { burst: 30, refill_ms: 20_000 },
    }),
    /** Two seats of a media room in which one browser tries its line (trials.ts). */
    trial: call({
      in: z.object({}),
      out: z.object({
        media_path: z.string().max(100),
        seats: z.array(z.object({ identity, token: z.string().max(4000) })).length(2),
      }),
      rate: { burst: 6, refill_ms: 20_000 },
    }),
    /** What a holder of the link may know before joining. */
    hello: call({
      in: z.object(at_door),
      out: state,
      rate: { burst: 600, refill_ms: 50 },
      steady_refusal_ms: 50,
    }),
    /** Follows the meeting's events. With a cursor that can be resumed, `state` is null. */
    watch: call({
      in: z.object({ ...at_door, cursor: z.int().min(0).nullable() }),
      out: z.object({ account: z.string().max(100), seq: z.int(), state: state.nullable() }),
      live: true,
      rate: { burst: 600, refill_ms: 50 },
      steady_refusal_ms: 50,
    }),
    /** Ends the meeting for everyone; `proof` is the root key's signature (meeting.ts). */
    end: call({
      in: z.object({ ...at_door, proof: z.string().regex(/^[A-Za-z0-9_-]{86}$/) }),
      out: z.object({}),
      rate: { burst: 30, refill_ms: 1000 },
      steady_refusal_ms: 50,
    }),
  },
  events: {
    created: event(z.object({ root: bytes32, link, people_max: z.int() })),
    joined: event(z.object({ identity })),
    left: event(z.object({ identity })),
    /** The link has another secret now; `link` is its version. */
    relinked: event(z.object({ link })),
    ended: event(z.object({})),
  },
});

export type MeetingState = z.infer<typeof state>;
