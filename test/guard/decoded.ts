interface Evaluating {
  evaluate<Value>(look: () => Promise<Value>): Promise<Value>;
}

/** Frames that the decoders of a page of ours, in either browser, have made of what came. */
export async function framesDecoded(page: Evaluating): Promise<number> {
  const connections = await page.evaluate(() => window.readers.describeConnections());
  let frames = 0;
  for (const connection of connections) {
    const { report = [] } = connection as { report?: { framesDecoded?: number }[] };
    for (const { framesDecoded: count = 0 } of report) frames += count;
  }
  return frames;
}
