import { Refused } from '../app/client.ts';
import { refusalWords } from './refusal.words.ts';

/** One sentence, with one thing to do, for a call or a key that failed. */
export function explain(cause: unknown, lang: 'en' | 'fr'): string {
  const text = refusalWords[lang];
  if (!isSecureContext) return text.insecure;
  // WebCrypto says by this name that it lacks an algorithm.
  if (cause instanceof DOMException && cause.name === 'NotSupportedError') return text.old;
  if (!(cause instanceof Refused)) return text.failed;
  if (cause.code === 'app.unreachable') return text.unreachable;
  if (cause.fault === 'limit') return text.limited(cause.retry_after_ms ?? 1000);
  return text.failed;
}
