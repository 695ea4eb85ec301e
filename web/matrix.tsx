// A table of rows × columns with small inputs; heads stay in sight. A row may open to show more below it.
import { Fragment, type ReactNode } from 'react';
import { Tooltip } from '@mantine/core';
import classes from './matrix.module.css';

export interface MatrixRow { key: string; head: ReactNode; idle?: boolean; below?: ReactNode }
export interface MatrixColumn { key: string; label: string; hint?: string }

export function Matrix({ label, corner, rows, columns, renderCell }: { label: string; corner: string; rows: MatrixRow[]; columns: MatrixColumn[]; renderCell: (row: string, column: string) => ReactNode }) {
  return (
    <div className={classes.room} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.matrix}>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>{corner}</th>
            {columns.map((c) => <th key={c.key} scope="col"><Tooltip label={c.hint} disabled={!c.hint} multiline maw={260} withArrow><span>{c.label}</span></Tooltip></th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Fragment key={row.key}>
              <tr data-idle={row.idle || undefined}>
                <th scope="row">{row.head}</th>
                {columns.map((c) => <td key={c.key}>{renderCell(row.key, c.key)}</td>)}
              </tr>
              {row.below && <tr className={classes.below}><td colSpan={columns.length + 1}>{row.below}</td></tr>}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
