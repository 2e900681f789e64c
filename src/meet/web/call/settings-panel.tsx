import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { controls_words } from './controls.words.ts';
import type { CallModel, DeviceKind } from './model.ts';
import { receptions } from './receiving.ts';
import type { Seating } from './seating.ts';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

const kinds: readonly DeviceKind[] = ['microphone', 'camera', 'speaker'];

function DeviceField(props: { model: CallModel; kind: DeviceKind }): ReactNode {
  const w = useWords(controls_words);
  const { model, kind } = props;
  const { list, chosen } = useValue(model.devices)[kind];
  if (kind === 'speaker' && list.length === 0) return null;
  const known = list.some((device) => device.id === chosen);
  return (
    <label className={css.field}>
      {w.device[kind]}
      <select
        value={known ? chosen : ''}
        onChange={(event) => model.choose(kind, event.target.value)}
      >
        <option value="">{w.device_default}</option>
        {list.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.label || w.device_unnamed(index + 1)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function SettingsPanel(props: { model: CallModel; seating: Seating }): ReactNode {
  const w = useWords(controls_words);
  const { model, seating } = props;
  const shown = useValue(seating.self_shown);
  const reception = useValue(model.reception);
  return (
    <div className={css.scroll}>
      {kinds.map((kind) => (
        <DeviceField key={kind} model={model} kind={kind} />
      ))}
      <label className={css.field}>
        {w.receive}
        <select
          value={reception}
          onChange={(event) => {
            const chosen = receptions.find((each) => each === event.target.value);
            if (chosen) model.receive(chosen);
          }}
        >
          {receptions.map((each) => (
            <option key={each} value={each}>
              {w.reception[each]}
            </option>
          ))}
        </select>
      </label>
      <label className={css.check}>
        <input
          type="checkbox"
          checked={shown}
          onChange={(event) => seating.self_shown.set(event.target.checked)}
        />
        {w.show_self}
      </label>
      {/* Beside the call, which goes on. */}
      <a className={css.test} href="/test" target="_blank" rel="noopener">
        {w.test}
      </a>
    </div>
  );
}
