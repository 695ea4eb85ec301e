// What the inputs of all kinds take alike.
import type { ReactNode } from 'react';
import type { SeenField } from '../me.ts';

/** What every input takes. `onDone` is called with the value once a choice is final (inline editing saves then). */
export interface InputProps {
  field: SeenField;
  value: any;
  onChange: (value: any) => void;
  onDone?: (value: any) => void;
  label?: ReactNode;
  'aria-label'?: string;
  error?: ReactNode;
  required?: boolean;
  autoFocus?: boolean;
}

/** What the library's inputs take alike. */
export const common = ({ label, error, required, autoFocus, 'aria-label': aria }: InputProps) => ({
  label, error, required: required && !!label, withAsterisk: required, autoFocus, 'data-autofocus': autoFocus || undefined, 'aria-label': aria,
});
