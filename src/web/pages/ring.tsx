import type { ReactNode } from 'react';
import style from './ring.module.css';

/** Eight people around a key, each with a colour of their own. */
const seats = ['A', 'M', 'Z', 'J', 'L', 'K', 'S', 'É'];
const radius = 176;

/** The picture of the home page: decoration, so it says nothing to assistive technology. */
export function Ring(): ReactNode {
  return (
    <svg className={style.ring} viewBox="-232 -232 464 464" aria-hidden="true">
      {seats.map((letter, seat) => {
        const angle = (seat / seats.length) * 2 * Math.PI;
        const x = Math.round(Math.sin(angle) * radius);
        const y = Math.round(-Math.cos(angle) * radius);
        return (
          <g key={letter} transform={`translate(${x} ${y})`} className={style.seat}>
            <circle r="49" />
            <text textAnchor="middle" dominantBaseline="central">
              {letter}
            </text>
          </g>
        );
      })}
      <g className={style.key}>
        <circle cy="-26" r="40" />
        <path d="M0 14v72M0 50h22M0 76h18" />
      </g>
    </svg>
  );
}
