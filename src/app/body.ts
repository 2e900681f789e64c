import type { HonoRequest } from 'hono';

/**
 * A request's body as text (UTF-8), or undefined if it has more than `bytes_max` bytes: then its
 * rest is not read. Rejects when the body breaks off.
 */
export async function readBody(req: HonoRequest, bytes_max: number): Promise<string | undefined> {
  const length = req.header('content-length');
  if (length !== undefined) return Number(length) > bytes_max ? undefined : req.text();
  if (!req.raw.body) return '';
  const parts: Uint8Array[] = [];
  let read_bytes = 0;
  const reader = req.raw.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts).toString('utf8');
    read_bytes += value.length;
    if (read_bytes > bytes_max) return undefined;
    parts.push(value);
  }
}
