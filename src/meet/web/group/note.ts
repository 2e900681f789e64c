/** What somebody at the door wants the hosts to read; another one is said by knocking again. */
export class Note {
  #text = '';
  #onChange: () => void = () => undefined;

  get text(): string {
    return this.#text;
  }

  set(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#onChange();
  }

  /** Resolves when it is another one; the last who asks is told. */
  changed(): Promise<void> {
    return new Promise((resolve) => (this.#onChange = resolve));
  }
}
