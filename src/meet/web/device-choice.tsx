import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../web/lang.ts';
import { useStore } from '../../web/store.ts';
import { deviceWords } from './device-choice.words.ts';
import { keepChosen, readChosen } from './devices.ts';
import type { OwnMedia } from './own-media.ts';

const can_choose_speaker = 'setSinkId' in HTMLMediaElement.prototype;

/** Which camera, microphone and loudspeaker; the lists follow what is plugged in. */
export function DeviceChoice({ own }: { own: OwnMedia }): ReactNode {
  const text = useWords(deviceWords);
  const { audio, video } = useStore(own.store);
  const chosen = readChosen();
  const [speaker_id, setSpeaker] = useState(chosen.speaker_id ?? '');
  return (
    <div className="devices">
      <Choice
        own={own}
        kind="videoinput"
        name={text.camera}
        value={video?.getSettings().deviceId ?? chosen.camera_id ?? ''}
        onChoose={(id) => own.choose('video', id)}
      />
      <Choice
        own={own}
        kind="audioinput"
        name={text.microphone}
        value={audio?.getSettings().deviceId ?? chosen.microphone_id ?? ''}
        onChoose={(id) => own.choose('audio', id)}
      />
      {can_choose_speaker && (
        <Choice
          own={own}
          kind="audiooutput"
          name={text.speaker}
          value={speaker_id}
          onChoose={(id) => {
            setSpeaker(id);
            keepChosen({ speaker_id: id });
          }}
        />
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly own: OwnMedia;
  readonly kind: MediaDeviceKind;
  readonly name: string;
  readonly value: string;
  readonly onChoose: (device_id: string) => void;
}

function Choice({ own, kind, name, value, onChoose }: ChoiceProps): ReactNode {
  const text = useWords(deviceWords);
  const id = useId();
  const devices = useStore(own.store).devices.filter((device) => device.kind === kind);
  // Before they are allowed, browsers list devices without id and name.
  const named = devices.filter((device) => device.deviceId !== '');
  return (
    <div className="device">
      <label htmlFor={id}>{name}</label>
      <select
        id={id}
        className="field"
        value={named.some((device) => device.deviceId === value) ? value : ''}
        disabled={named.length === 0}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {!named.some((device) => device.deviceId === value) && (
          <option value="">{devices.length === 0 ? text.none : text.standard}</option>
        )}
        {named.map((device) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || name}
          </option>
        ))}
      </select>
    </div>
  );
}
