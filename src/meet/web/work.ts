/**
 * Proof of work, which a server asks for on which very many meetings are made; beside the page, so
 * that it goes on meanwhile. '' where nothing is asked for.
 * @throws Error where the worker could not be loaded
 */
export async function findNonceAside(room: string, bits: number): Promise<string> {
  if (bits === 0) return '';
  const worker = new Worker(new URL('./work-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<string>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<string>) => resolve(data));
    worker.addEventListener('error', () => reject(new Error('The work could not be done.')));
    worker.postMessage({ room, bits }, []);
  }).finally(() => worker.terminate());
}
