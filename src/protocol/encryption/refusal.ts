/** Why something was refused. The part before the dot is the rule's room, the rest the rule. */
export type RefusalCode =
  | `json.${'size' | 'text' | 'canonical' | 'number' | 'depth' | 'shape' | 'value'}`
  | `seal.${'short' | 'open'}`
  | `info.${'short' | 'link' | 'open' | 'shape'}`
  | `policy.${'chain' | 'proof' | 'gate' | 'banned' | 'twice'}`
  | `admit.${'by' | 'until' | 'proof' | 'unrelated'}`
  | `leave.${'proof' | 'unrelated'}`
  | `profile.${'proof' | 'name'}`
  | `frame.${'short' | 'trailer' | 'codec' | 'epoch' | 'past' | 'auth' | 'replay' | 'limit'}`
  | `stream.${'exhausted' | 'old-epoch'}`
  | `beat.${'shape' | 'proof' | 'count' | 'late' | 'stranger'}`
  | `knock.${'size' | 'mac' | 'name' | 'package' | 'lifetime' | 'copied' | 'banned' | 'link'}`
  | `mls.${'size' | 'malformed' | 'group' | 'epoch' | 'own' | 'kind' | 'sender' | 'crypto' | 'out'}`
  | `commit.${'shape' | 'psk' | 'add' | 'remove' | 'policy' | 'path' | 'tree' | 'leaf' | 'seat'}`
  | `commit.${'extension' | 'banned' | 'count'}`
  | `join.${'psk' | 'root' | 'created' | 'leaf' | 'info' | 'hosts'}`
  | `resync.${'seat' | 'old' | 'unexpected'}`;

/**
 * What came from a server or a member was not accepted. Nothing was changed by it. The message is
 * for developers and holds nothing secret and nothing a person wrote.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** Throws a refusal unless `holds`. */
export function must(holds: boolean, code: RefusalCode, message: string): asserts holds {
  if (!holds) throw new Refusal(code, message);
}
