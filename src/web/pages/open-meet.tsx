import '../design/tokens.css';
import '../design/base.css';
import { Meet } from '../../meet/web/meet.tsx';
import { hydrate } from '../hydrate.tsx';

// The picture comes first: hydrating meanwhile would hold up both, and early presses are kept.
void Promise.resolve(window.early?.shown).then(() => hydrate(<Meet />));
