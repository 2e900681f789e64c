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

export interface Tables {
  account: AccountTable;
  event: EventTable;
  meeting: MeetingTable;
  seat: SeatTable;
}
