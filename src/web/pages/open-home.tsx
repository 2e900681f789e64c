import '../design/tokens.css';
import '../design/base.css';
import { hydrate } from '../hydrate.tsx';
import { Home } from './home.tsx';

hydrate(<Home />);
