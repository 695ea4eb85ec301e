// Refusals at the field they are about: for forms.
import { Refusal, sentence } from './client.ts';
import { sayFault } from './toast.ts';

/** Puts the faults of a refusal at the named fields; what belongs to none of them becomes a message at the edge. */
export function atFields(fault: unknown, fields: readonly string[], show: (errors: Record<string, string>) => void): void {
  if (!(fault instanceof Refusal)) return sayFault(fault);
  const errors: Record<string, string> = {};
  for (const { field, message } of fault.errors) {
    const known = fields.includes(field) ? field : fields.find((f) => field.startsWith(`${f}.`));
    if (known) errors[known] = errors[known] ?? sentence(message);
  }
  if (Object.keys(errors).length > 0) show(errors); else sayFault(fault);
}

/** The sentence of a fault that belongs to a whole form. */
export const sentenceOf = (fault: unknown): string =>
  fault instanceof Refusal ? sentence(fault.detail || fault.errors[0]?.message || fault.title) : String((fault as Error)?.message ?? fault);
