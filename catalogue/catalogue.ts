// The words in which a tenant's tables and fields are described; everything else is drawn from this description.

export type KindName =
  | 'text' | 'long_text' | 'number' | 'money' | 'date' | 'moment' | 'yes_no' | 'choice' | 'choices'
  | 'email' | 'phone' | 'web_address' | 'link' | 'links' | 'member' | 'emails' | 'phones';

/** Does a field hold personal data: `special` means Art. 9 GDPR. */
export type Personal = 'no' | 'yes' | 'special';
/** Where personal data came from (SPEC 2.4). */
export type Origin = 'provided' | 'observed' | 'derived' | 'third_party';
/** What erasure of the subject does with a value. */
export type Erasure = 'clear' | 'keep';

export interface Choice { value: string; label: string; color?: string }

export interface Field {
  /** Stable number within the tenant; the law's tables know fields by it. */
  no: number;
  /** Name in the API: `[a-z][a-z0-9_]*`, at most 60 characters. */
  name: string;
  /** What people read: any text up to 200 characters. */
  label: string;
  kind: KindName;
  /** Physical column, generated for custom fields, never made from a label. */
  column: string;
  required: boolean;
  unique: boolean;
  tracked: boolean;
  searchable: boolean;
  personal: Personal;
  category: string | null;
  purpose: string | null;
  origin: Origin | null;
  erasure: Erasure;
  /** Table that a link leads to, `*` for any table. */
  to: string | null;
  /** Allowed values of choice and choices; null on choices means free words (tags). */
  choices: Choice[] | null;
  /** A computed field is read only and no more visible than the fields it is made from. */
  computed: { from: string[]; sql: string } | null;
  /** Absent means: the parent by its label, the children not. */
  sight?: LinkSight | null;
}

export type SharingDefault = 'private' | 'read' | 'edit' | 'parent';

/** Of a link: does who sees the child see the parent, does who owns the parent see the children (SPEC 3.3, path 7). */
export interface LinkSight { parent: 'none' | 'label' | 'read'; children: 'none' | 'read' }

export interface Table {
  no: number;
  name: string;
  /** One of them ("Contact"). */
  label: string;
  /** Many of them ("Contacts"). */
  labels: string;
  physical: string;
  icon: string;
  standard: boolean;
  append_only: boolean;
  /** How its personal data reach a person: the table is one (`self`), a link field leads there, or `none`. */
  subject: string;
  sharing: SharingDefault;
  /** With sharing by parent: the link field that leads to it. */
  parent?: string | null;
  /** Name of the field that stands for a record in links and headings. */
  title: string;
  fields: Field[];
  layout: Layout;
}

/** Columns of the list, and sections of form and record page, by field names. */
export interface Layout { list: string[]; page: { label: string; fields: string[] }[] }

export interface Catalogue { version: number; tables: Table[] }

export type Verb = 'see' | 'create' | 'change' | 'delete' | 'export' | 'import' | 'hand_over' | 'share' | 'mass_message' | 'reads_all' | 'edits_all';
export const VERBS: readonly Verb[] = ['see', 'create', 'change', 'delete', 'export', 'import', 'hand_over', 'share', 'mass_message', 'reads_all', 'edits_all'];

export type FieldLevel = 'none' | 'masked' | 'read' | 'write' | 'owner';
export type Right = 'administer' | 'dpo' | 'erase';

/** Sight: what is left of the catalogue once a profile's rights have been laid over it. Hidden tables and fields are absent. */
/** `owner`: only the owner of a record may write the field. */
export interface SeenField extends Field { level: 'read' | 'write'; owner?: true }
export interface SeenTable extends Omit<Table, 'fields'> { can: Record<Verb, boolean>; fields: SeenField[] }
export interface Sight { version: number; tables: Map<string, SeenTable> }
