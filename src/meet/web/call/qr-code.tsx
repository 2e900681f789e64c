/** Some text as a QR code (ISO/IEC 18004), dark on light in every scheme, as scanners need it. */
import { encodeQR } from 'qr';
import type { ReactNode } from 'react';
import css from './sheets.module.css';

/** Modules of quiet zone around it; the standard asks for four. */
const border = 4;

export default function QrCode(props: { text: string; label: string }): ReactNode {
  const rows = encodeQR(props.text, 'raw', { border, ecc: 'medium' });
  const size = rows.length;
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      className={css.qr}
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}
