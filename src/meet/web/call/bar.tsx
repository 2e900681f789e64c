import { useId } from 'react';
import type { ReactNode } from 'react';
import css from './bar.module.css';

interface BarButtonProps {
  /** The accessible name, and with the key the tooltip. */
  readonly name: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly shortcut?: string;
  /** For a switch whose name stays the same. */
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly busy?: boolean;
  readonly look?: 'off' | 'danger' | 'plain';
  /** A number in the corner, and what it says to those who do not see it. */
  readonly badge?: { readonly count: number; readonly text: string } | undefined;
}

/** A control of the call: an icon with a name, a key and a tooltip that says both. */
export function BarButton(props: BarButtonProps): ReactNode {
  const { name, shortcut, badge } = props;
  const described = useId();
  return (
    <button
      type="button"
      className={css.button}
      aria-label={name}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-busy={props.busy}
      aria-keyshortcuts={shortcut}
      aria-describedby={badge === undefined ? undefined : described}
      data-look={props.look}
      data-tip={shortcut === undefined ? name : `${name} (${shortcut})`}
      onClick={props.onPress}
    >
      {props.children}
      {badge !== undefined && (
        // Drawn by the style sheet: text in a button that is not its name confuses those who speak it.
        <span className={css.badge} data-count={badge.count > 99 ? '99+' : badge.count}>
          <span id={described} hidden>
            {badge.text}
          </span>
        </span>
      )}
    </button>
  );
}
