/** The page without script has only its style; the build takes it from here. */
import '../design/tokens.css';
import '../design/base.css';
