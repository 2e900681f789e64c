import * as z from 'zod';
import { call, contract, event } from '../app/contract.ts';
import * as rights from '../protocol/encryption/rights.ts';
import * as limits from './limits.ts';

/** Unpadded base64url of at most `bytes_max` bytes. What it holds is nobody's business here. */
function bytes(bytes_max: number) {
  return z
    .string()
    .max(limits.textLength(bytes_max))
    .regex(/^[\w-]*$/);
}

const room = z.string().regex(/^[a-z2-9]{26}$/);
const bytes16 = z.string().regex(/^[\w-]{22}$/);
const bytes32 = z.string().regex(/^[\w-]{43}$/);
const bytes64 = z.string().regex(/^[\w-]{86}$/);
/** A leaf's name here and at the media engine: the beginning of its key's hash. */
const id = bytes16;
const group = bytes16;
const knock_id = bytes16;
const count = z.int().min(0);
const link = z.int().min(1).max(1_000_000);
const msg = bytes(limits.message_bytes_max);
const info = bytes(limits.info_bytes_max);
/** What `prove` gave: stands for the proven key in every later call, through either door. */
const pass = bytes32;
/** The next link: its version, and SHA-256 of its door value. */
const door = z.object({ link, hash: bytes32 });

/** Whether all may come in, by the policy: who knocks then is given a media token at once. */
const open = z.boolean().optional();

/** What guests may send to the media engine, by the policy; or of what somebody is to be silenced. */
const sends = z.array(z.enum(rights.sends)).max(rights.sends.length);

const entry = z.object({
  seq: count,
  kind: z.enum(['commit', 'resync', 'app', 'void']),
  /** The epoch the message stands in; of a void, the epoch that is open again. */
  epoch: count,
  /** Null in an event when it is too large for one: `log` has it. */
  msg: msg.nullable(),
  /** Of a void: the entry that does not count any more. */
  of: count.nullable(),
});

const knock = z.object({
  knock: knock_id,
  id,
  link,
  kp: bytes(limits.key_package_bytes_max),
  name: bytes(limits.name_bytes_max),
  mac: bytes32,
  /** Canonical JSON, as bytes: its order is part of what is judged. */
  admit: bytes(limits.admit_bytes_max).nullable(),
});

const answer = z.enum(['welcomed', 'denied', 'relinked', 'void', 'withdrawn', 'ended']);

/** Entries in order, and where the group stands. A page may end before the head. */
const page = z.object({
  epoch: count,
  seq: count,
  entries: z.array(entry).max(limits.page_entries_max),
});

/** What a member of the group is told. */
const state = z.object({
  group,
  epoch: count,
  /** Of the last entry in the log. */
  seq: count,
  /** Whether every connected leaf has said `ready` in this epoch. */
  ready: z.boolean(),
  /** Leaves whose connections are gone. */
  lost: z.array(id).max(limits.leaves_max),
  knocks: z.array(knock).max(limits.waiting_max),
  ended: z.boolean(),
});

const ticket = {
  token: z.string().max(4000),
  media_path: z.string().max(200),
  /** Leaves of the group at this time. */
  people: count,
};

const knock_state = z.object({
  knock: knock_id,
  answer: answer.nullable(),
  /** Where all may come in: the way to the media engine need not wait for a leaf. */
  media: z.object(ticket).nullable(),
});

/** Accepted at `seq`; or the epoch is closed, with the log from what closed it. */
const accepted = z.union([z.object({ seq: count }), z.object({ conflict: page })]);

const busy = { burst: 2_000, refill_ms: 2 };
/** A whole office behind one address may come back at once. */
const door_rate = { burst: 1_000, refill_ms: 20 };
const followed = { account: z.string().max(100), seq: count };

export const keys = contract('keys', {
  calls: {
    /**
     * First on every connection. Without a door only the root key can be proven after it, for
     * whose holder does not know the door any more; the answer is then the same for every room.
     */
    hello: call({
      in: z.object({ room, door: bytes32.nullable() }),
      out: z.object({ nonce: bytes32, root: bytes32.nullable() }),
      rate: door_rate,
      steady_refusal_ms: 50,
    }),
    /** Proves a leaf key or the root key; a host adds its appointments. May be repeated. */
    prove: call({
      in: z.object({
        room,
        key: bytes32,
        sig: bytes64,
        chain: z
          .array(z.object({ key: bytes32, by: bytes32, proof: bytes64 }))
          .min(1)
          .max(limits.chain_max)
          .optional(),
        /** The policy's `created`, over which the appointments are signed. */
        created: count.optional(),
      }),
      out: z.object({
        pass,
        id,
        link,
        /** The live group, and whether this key is a leaf of it. */
        group: z.object({ group, epoch: count, leaf: z.boolean() }).nullable(),
        /**
         * Where all may come in, for who is no leaf: good as soon as it knocks, so that the way to
         * the media engine need not wait for the answer.
         */
        media: z.object(ticket).nullable(),
      }),
      rate: door_rate,
      steady_refusal_ms: 50,
    }),
    /** Begins a group where the room has none; `made` is false, and `group` the other, where it has. */
    create: call({
      in: z.object({ pass, group, info, open }),
      out: z.object({ group, made: z.boolean() }),
      body_bytes_max: limits.bodies.create,
      rate: door_rate,
    }),
    /** Asks to join, and follows the answer. The same bytes again are the same knock. */
    knock: call({
      in: z.object({
        pass,
        link,
        kp: bytes(limits.key_package_bytes_max),
        name: bytes(limits.name_bytes_max),
        mac: bytes32,
        admit: bytes(limits.admit_bytes_max).nullable(),
      }),
      out: z.object({ ...followed, state: knock_state.nullable() }),
      rate: door_rate,
    }),
    /** Takes the Welcome. From then on the knocker is a leaf. May be repeated. */
    welcome: call({
      in: z.object({ pass, knock: knock_id }),
      out: z.object({
        group,
        epoch: count,
        seq: count,
        welcome: bytes(limits.welcome_bytes_max),
        info,
        /** As from `token`: its way to the media engine need not wait for another answer. */
        ...ticket,
      }),
      rate: door_rate,
    }),
    commit: call({
      in: z.object({
        pass,
        group,
        epoch: count,
        msg,
        info,
        welcomes: z
          .array(z.object({ knock: knock_id, welcome: bytes(limits.welcome_bytes_max) }))
          .max(limits.welcomes_max),
        /** Leaves the commit removes. */
        gone: z.array(id).max(limits.leaves_max),
        door: door.optional(),
        /** The hosts of the policy it makes. */
        hosts: z.array(id).max(limits.hosts_max).optional(),
        open,
        guests: sends.optional(),
        /** Leaves that may send all the same. */
        stage: z.array(id).max(limits.stage_max).optional(),
      }),
      out: accepted,
      body_bytes_max: limits.bodies.commit,
      rate: busy,
    }),
    resync: call({
      in: z.object({ pass, group, epoch: count, msg, info }),
      out: accepted,
      body_bytes_max: limits.bodies.resync,
      rate: busy,
    }),
    app: call({
      in: z.object({ pass, group, epoch: count, msg }),
      out: accepted,
      body_bytes_max: limits.bodies.app,
      rate: busy,
    }),
    /** This member holds the keys of `epoch`. */
    ready: call({ in: z.object({ pass, group, epoch: count }), out: z.object({}), rate: busy }),
    /** This member could not apply the last commit. Half of the connected leaves void it, or one host. */
    refuse: call({
      in: z.object({ pass, group, seq: count }),
      out: z.object({ voided: z.boolean() }),
      rate: busy,
    }),
    log: call({ in: z.object({ pass, group, from: count }), out: page, rate: busy }),
    /** GroupInfo and tree of the open epoch, for a resync. */
    info: call({
      in: z.object({ pass, group }),
      out: z.object({ epoch: count, seq: count, info }),
      rate: busy,
    }),
    /** Follows the group's events. With a cursor that can be resumed, `state` is null. */
    watch: call({
      in: z.object({ pass, group, cursor: count.nullable() }),
      out: z.object({ ...followed, state: state.nullable() }),
      live: true,
      rate: busy,
    }),
    /** A media token, for a leaf and for no one else. */
    token: call({
      in: z.object({ pass }),
      out: z.object(ticket),
      rate: busy,
    }),
    /** A host has the engine stop what others send now. They may send again where they may. */
    quiet: call({
      in: z.object({ pass, group, ids: z.array(id).min(1).max(limits.leaves_max), sends }),
      out: z.object({}),
      rate: busy,
    }),
    deny: call({ in: z.object({ pass, knock: knock_id }), out: z.object({}), rate: busy }),
    /** The root key ends the group and sets the link. */
    reset: call({ in: z.object({ pass, door }), out: z.object({}), rate: door_rate }),
  },
  events: {
    created: event(z.object({ group })),
    appended: event(entry),
    knocked: event(z.object({ knocks: z.array(knock).max(limits.waiting_max) })),
    /** Knocks that wait no more: to members, and to the knocker its own. */
    answered: event(
      z.object({
        knocks: z.array(z.object({ knock: knock_id, answer })).max(limits.waiting_max),
      }),
    ),
    readied: event(z.object({ epoch: count })),
    lost: event(z.object({ ids: z.array(id).max(limits.leaves_max) })),
    found: event(z.object({ ids: z.array(id).max(limits.leaves_max) })),
    /** Leaves that are none any more to this server. */
    parted: event(z.object({ ids: z.array(id).max(limits.leaves_max) })),
    ended: event(z.object({})),
  },
});

export type GroupState = z.infer<typeof state>;
export type KnockState = z.infer<typeof knock_state>;
export type Entry = z.infer<typeof entry>;
export type EntryKind = Entry['kind'];
export type Knock = z.infer<typeof knock>;
export type Answer = z.infer<typeof answer>;
export type Page = z.infer<typeof page>;
