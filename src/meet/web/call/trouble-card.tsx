/** Trouble on one's own side: one sentence, one thing to do. */
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { Trouble } from './diagnosis.ts';
import type { CallModel } from './model.ts';
import panel from './panel.module.css';
import type { Seating } from './seating.ts';
import { trouble_words } from './trouble.words.ts';
import { useValue } from './use-value.ts';
import css from './controls.module.css';

interface CardProps {
  readonly model: CallModel;
  readonly seating: Seating;
}

type Remedy = { readonly label: string; readonly act: () => void } | null;

/** What helps, of what is not done yet. */
function useRemedy({ model, seating }: CardProps, trouble: Trouble | null): Remedy {
  const w = useWords(trouble_words);
  const camera = useValue(model.camera);
  const reception = useValue(model.reception);
  switch (trouble) {
    case 'silent-microphone':
      return { label: w.choose_microphone, act: () => seating.panel.set('settings') };
    case 'slow-upload':
      return camera.on ? { label: w.without_video, act: () => model.setCamera(false) } : null;
    case 'slow-download':
    case 'busy-device':
      if (reception === 'none') return null;
      return reception === 'all'
        ? { label: w.small, act: () => model.receive('small') }
        : { label: w.none, act: () => model.receive('none') };
    default:
      return null;
  }
}

export function TroubleCard(props: CardProps): ReactNode {
  const w = useWords(trouble_words);
  const { model } = props;
  const trouble = useValue(model.trouble);
  const remedy = useRemedy(props, trouble);
  const help = (): void => {
    remedy?.act();
    model.putAside();
  };
  return (
    <section className={css.trouble} aria-label={w.title} hidden={trouble === null}>
      <output>{trouble !== null && w.says[trouble]}</output>
      <div>
        {remedy && (
          <button type="button" className={panel.act} data-look="main" onClick={help}>
            {remedy.label}
          </button>
        )}
        <button type="button" className={panel.act} onClick={() => model.putAside()}>
          {w.aside}
        </button>
      </div>
    </section>
  );
}
