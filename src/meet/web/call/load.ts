const again_ms = 1000;

/** Loads a script that the call cannot do without: asked for until it is there. */
export async function load<Module>(ask: () => Promise<Module>): Promise<Module> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, again_ms));
    }
  }
}
