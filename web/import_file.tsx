// Choosing the table and the file of an import, with its progress over the wire.
import { useState, type DragEvent } from 'react';
import { Alert, Progress, Select, Stack, Text } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { TableIcon } from './icons.tsx';
import type { SeenTable } from './me.ts';
import classes from './import.module.css';

export interface ImportFileProps { tables: SeenTable[]; table: string | null; share: number | null; fault: string | null; onTable: (table: string) => void; onFile: (file: File) => void }

function Drop({ ready, onFile }: { ready: boolean; onFile: (file: File) => void }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    const file = e.dataTransfer.files[0];
    if (file && ready) onFile(file);
  };
  return (
    <label className={classes.drop} data-over={over || undefined} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <input type="file" accept=".csv,.tsv,.txt,.vcf,.json,.ndjson,text/csv,text/plain" disabled={!ready} onChange={(e) => { const file = e.currentTarget.files?.[0]; if (file) onFile(file); e.currentTarget.value = ''; }} />
      <IconFileUpload size={26} stroke={1.4} aria-hidden />
      <Text fw={500} size="sm">{t('Drop a file here, or choose one')}</Text>
      <Text c="dimmed" size="xs">{t('CSV from Excel, another CRM or an address book, in any encoding. Nothing is stored in your records before you have seen what would happen.')}</Text>
    </label>
  );
}

export function ImportFile({ tables, table, share, fault, onTable, onFile }: ImportFileProps) {
  const { t } = useTranslation();
  const chosen = tables.find((x) => x.name === table);
  return (
    <Stack gap="md" maw={620}>
      <Select label={t('What do you want to import?')} placeholder={t('Choose a table')} data={tables.map((x) => ({ value: x.name, label: x.labels }))} value={table} allowDeselect={false} w={{ base: '100%', xs: 280 }}
        leftSection={chosen && <TableIcon icon={chosen.icon} />} onChange={(name) => name && onTable(name)} />
      {fault && <Alert color="red" variant="light" role="alert">{fault}</Alert>}
      {share === null ? <Drop ready={!!table} onFile={onFile} /> : (
        <div role="status">
          <Text size="sm" mb={6}>{share < 1 ? t('Sending the file …') : t('Looking at the file …')}</Text>
          <Progress value={share * 100} animated={share >= 1} aria-label={t('Sending the file …')} />
        </div>
      )}
    </Stack>
  );
}
