/** Who sits in the group, with what people compare. */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { sha256 } from '../../../protocol/encryption/bytes.ts';
import { bytesOf } from '../../../protocol/encryption/json.ts';
import { roster, type Group, type Seat } from '../../../protocol/mls/group.ts';

/** Who sits where, and the hash of its signature key, base64url: what people compare and keep. */
export interface Person extends Seat {
  readonly key_hash: string;
}

export async function readPeople(group: Group): Promise<Person[]> {
  const seats = await roster(group);
  return Promise.all(
    seats.map(async (seat) => ({
      ...seat,
      key_hash: toBase64url(await sha256(bytesOf(seat.key))),
    })),
  );
}
