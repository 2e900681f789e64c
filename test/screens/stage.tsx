/** The page of `npm run shots` that stages a call of invented people; see sample-call.ts. */
import '#src/web/design/tokens.css';
import '#src/web/design/base.css';
import { createRoot } from 'react-dom/client';
import { CallView } from '#src/meet/web/call/call-view.tsx';
import { endFirstMoments } from '#src/meet/web/call/first-moments.ts';
import { Sprite } from '#src/web/design/sprite.tsx';
import { stageSample } from '../sample-call.ts';
import type { Sample } from '../sample-call.ts';

const sample = JSON.parse(decodeURIComponent(location.hash.slice(1))) as Sample;
document.documentElement.dataset['inside'] = '';
// There is no first picture to wait for.
endFirstMoments();
const place = document.querySelector('#page');
if (place)
  createRoot(place).render(
    <>
      <Sprite />
      <CallView model={stageSample(sample)} />
    </>,
  );
