import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCamera, writeMicrophone } from './camera.ts';

/** What Chromium plays as a person's camera and microphone. */
export interface MediaFiles {
  readonly camera: string;
  readonly microphone: string;
}

let folder: string | undefined;
const written = new Map<number, Promise<MediaFiles>>();

/** The files of `person`, written on first use and removed when the process ends. */
export function mediaFiles(person: number): Promise<MediaFiles> {
  const before = written.get(person);
  if (before) return before;
  const files = write(person);
  written.set(person, files);
  return files;
}

async function write(person: number): Promise<MediaFiles> {
  const into = (folder ??= makeFolder());
  const files = {
    camera: join(into, `person-${String(person)}.y4m`),
    microphone: join(into, `person-${String(person)}.wav`),
  };
  await Promise.all([writeCamera(files.camera, person), writeMicrophone(files.microphone, person)]);
  return files;
}

function makeFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'conclave-media-'));
  process.once('exit', () => {
    rmSync(made, { recursive: true, force: true });
  });
  return made;
}
