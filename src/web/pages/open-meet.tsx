import '../design/tokens.css';
import '../design/base.css';
import { Meet } from '../../meet/web/meet.tsx';
import { hydrate } from '../hydrate.tsx';

hydrate(<Meet />);
