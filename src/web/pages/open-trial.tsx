import '../design/tokens.css';
import '../design/base.css';
import { Trial } from '../../meet/web/trial/trial.tsx';
import { hydrate } from '../hydrate.tsx';

hydrate(<Trial />);
