import type { ReactNode } from 'react';
import { useWords } from '../../web/lang.ts';
import type { DeviceFault } from './device-fault.ts';
import { troubleWords } from './trouble.words.ts';

interface Faults {
  readonly audio: DeviceFault | null;
  readonly video: DeviceFault | null;
}

/** Why there is no picture or no sound, and what to do about it. */
export function DeviceTrouble({ audio, video }: Faults): ReactNode {
  const { devices } = useWords(troubleWords);
  const both = audio === video ? audio : null;
  const said = both
    ? [devices.both[both]]
    : [audio && devices.audio[audio], video && devices.video[video]].filter(
        (text) => text !== null,
      );
  return (
    <div role="alert">
      {said.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}
