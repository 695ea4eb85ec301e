// Names in groups that are put in order: dragged, or moved up and down with buttons (also across groups).
import { useState, type DragEvent, type ReactNode } from 'react';
import { ActionIcon, Text } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconGripVertical } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './arrange.module.css';

export interface ArrangedGroup { key: string; head: ReactNode; items: string[]; hint?: string }
type OnMove = (item: string, group: number, index: number) => void;

/** Takes `item` out of all groups and puts it into group `to` before position `index`. */
export function moved<G extends { items: string[] }>(groups: G[], item: string, to: number, index: number): G[] {
  return groups.map((group, at) => {
    const before = group.items.indexOf(item);
    const rest = group.items.filter((i) => i !== item);
    if (at !== to) return { ...group, items: rest };
    const place = before >= 0 && before < index ? index - 1 : index;
    return { ...group, items: [...rest.slice(0, place), item, ...rest.slice(place)] };
  });
}

interface Over { item: string | null; group: number; index: number }

export function Arrange({ groups, show, onMove, label }: { groups: ArrangedGroup[]; show: (item: string) => ReactNode; onMove: OnMove; label: (item: string) => string }) {
  const { t } = useTranslation();
  const [over, setOver] = useState<Over>({ item: null, group: -1, index: -1 });
  const drop = (e: DragEvent, group: number, index: number) => {
    e.preventDefault();
    if (over.item) onMove(over.item, group, index);
    setOver({ item: null, group: -1, index: -1 });
  };
  const step = (item: string, group: number, index: number, by: 1 | -1) => {
    const last = groups[group].items.length - 1;
    if (by === -1 && index > 0) onMove(item, group, index - 1);
    else if (by === 1 && index < last) onMove(item, group, index + 2);
    else if (groups[group + by]) onMove(item, group + by, by === 1 ? 0 : groups[group + by].items.length);
  };
  const target = (group: number, index: number) => ({
    'data-over': (over.item !== null && over.group === group && over.index === index) || undefined,
    onDragOver: (e: DragEvent) => { e.preventDefault(); e.stopPropagation(); if (over.item && (over.group !== group || over.index !== index)) setOver({ ...over, group, index }); },
    onDrop: (e: DragEvent) => { e.stopPropagation(); drop(e, group, index); },
  });
  return (
    <div className={classes.groups}>
      {groups.map((group, g) => (
        <div key={group.key} className={classes.group} {...target(g, group.items.length)}>
          <div className={classes.head}>{group.head}</div>
          <ul className={classes.items}>
            {group.items.map((item, i) => (
              <li key={item} className={classes.item} draggable data-dragged={over.item === item || undefined} {...target(g, i)}
                onDragStart={(e) => { e.dataTransfer.effectAllowed = 'move'; e.dataTransfer.setData('text/plain', item); setOver({ item, group: -1, index: -1 }); }}
                onDragEnd={() => setOver({ item: null, group: -1, index: -1 })}>
                <IconGripVertical size={14} className={classes.grip} aria-hidden />
                <span className={classes.words}>{show(item)}</span>
                <ActionIcon size={24} disabled={g === 0 && i === 0} aria-label={t('{{name}} up', { name: label(item) })} onClick={() => step(item, g, i, -1)}><IconChevronUp size={14} /></ActionIcon>
                <ActionIcon size={24} disabled={g === groups.length - 1 && i === group.items.length - 1} aria-label={t('{{name}} down', { name: label(item) })} onClick={() => step(item, g, i, 1)}><IconChevronDown size={14} /></ActionIcon>
              </li>
            ))}
          </ul>
          {group.items.length === 0 && <Text size="xs" c="dimmed" p={10} ta="center">{group.hint ?? t('Drag fields here')}</Text>}
        </div>
      ))}
    </div>
  );
}
