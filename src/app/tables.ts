/** The tables as the migrations make them. tables.test.ts holds them to the database. */
import type { ColumnType } from 'kysely';

type Generated<T> = ColumnType<T, T | undefined, T>;

export interface AccountTable {
  id: string;
  seq: Generated<number>;
}

export interface EventTable {
  account: string;
  at: Date;
  data: ColumnType<unknown, string, never>;
  name: string;
  seq: number;
}

export interface MeetingTable {
  account: string;
  created_at: Date;
  door_hash: Buffer;
  ended_at: Date | null;
  id: string;
  link: number;
  people_max: number;
  root: Buffer;
  vacant_since: Date | null;
}

export interface SeatTable {
  identity: string;
  joined_at: Date;
  meeting: string;
}

export interface MlsGroupTable {
  account: string;
  created_at: Date;
  ended_at: Date | null;
  epoch: number;
  guests: string[];
  hosts: string[];
  id: string;
  open: boolean;
  ready_epoch: number;
  room: string;
  seq: number;
  size_bytes: number;
  stage: string[];
}

export interface MlsEntryTable {
  digest: Buffer | null;
  epoch: number;
  kind: string;
  mls_group: string;
  msg: Buffer;
  of_seq: number | null;
  sender: string | null;
  seq: number;
  size_bytes: number;
  undo: ColumnType<unknown, string | null, string | null>;
  voided: Generated<boolean>;
}

export interface MlsLeafTable {
  adrift: boolean;
  id: string;
  joined_epoch: number;
  lost_at: Date | null;
  mls_group: string;
  named: boolean;
}

export interface MlsInfoTable {
  epoch: number;
  info: Buffer;
  mls_group: string;
}

export interface MlsKnockTable {
  account: string;
  admit: Buffer | null;
  ahead: boolean;
  answer: string | null;
  answered_at: Date | null;
  digest: Buffer;
  epoch: number | null;
  id: string;
  knocked_at: Date;
  kp: Buffer;
  leaf: string;
  link: number;
  mac: Buffer;
  mls_group: string | null;
  name: Buffer;
  released: boolean;
  room: string;
  seq: number | null;
  welcome: Buffer | null;
}

export interface Tables {
  account: AccountTable;
  event: EventTable;
  meeting: MeetingTable;
  mls_entry: MlsEntryTable;
  mls_group: MlsGroupTable;
  mls_info: MlsInfoTable;
  mls_knock: MlsKnockTable;
  mls_leaf: MlsLeafTable;
  seat: SeatTable;
}
