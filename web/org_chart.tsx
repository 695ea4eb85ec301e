// Who is above whom, as an indented tree; a member is moved by dragging, or with the button on the row.
import { useState, type DragEvent, type ReactNode } from 'react';
import { ActionIcon, Avatar, Badge, Text } from '@mantine/core';
import { IconArrowsMove, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './org_chart.module.css';

interface Placed { id: string; name: string; active: boolean; profile: { label: string }; manager: { id: string } | null }
interface Move { members: Placed[]; onMove: (member: Placed, manager: Placed | null) => void; onAsk: (member: Placed) => void }
interface Dragging { dragged: string | null; over: string | null; set: (state: { dragged: string | null; over: string | null }) => void }

/** Direct reports by manager id; members whose manager is unknown stand at the top, so that nobody is lost. */
function reportsOf(members: readonly Placed[]): Map<string | null, Placed[]> {
  const known = new Set(members.map((m) => m.id));
  const reports = new Map<string | null, Placed[]>();
  for (const member of members) {
    const above = member.manager && known.has(member.manager.id) ? member.manager.id : null;
    reports.set(above, [...(reports.get(above) ?? []), member]);
  }
  return reports;
}

function useTarget(id: string | null, manager: Placed | null, { members, onMove }: Move, dragging: Dragging) {
  return {
    'data-over': (dragging.dragged !== null && dragging.over === (id ?? 'top')) || undefined,
    onDragOver: (e: DragEvent) => { e.preventDefault(); if (dragging.over !== (id ?? 'top')) dragging.set({ ...dragging, over: id ?? 'top' }); },
    onDrop: (e: DragEvent) => {
      e.preventDefault();
      const member = members.find((m) => m.id === dragging.dragged);
      dragging.set({ dragged: null, over: null });
      if (member && member.id !== id && (member.manager?.id ?? null) !== id) onMove(member, manager);
    },
  };
}

function Node({ member, reports, move, dragging }: { member: Placed; reports: Map<string | null, Placed[]>; move: Move; dragging: Dragging }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(true);
  const below = reports.get(member.id) ?? [];
  const target = useTarget(member.id, member, move, dragging);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <li className={classes.node}>
      <div className={classes.row} draggable data-dragged={dragging.dragged === member.id || undefined} data-idle={!member.active || undefined}
        onDragStart={(e) => { e.dataTransfer.effectAllowed = 'move'; e.dataTransfer.setData('text/plain', member.id); dragging.set({ dragged: member.id, over: null }); }}
        onDragEnd={() => dragging.set({ dragged: null, over: null })} {...target}>
        {below.length > 0
          ? <ActionIcon size={22} onClick={() => setOpen(!open)} aria-expanded={open} aria-label={open ? t('Fold') : t('Unfold')}><Chevron size={14} /></ActionIcon>
          : <span className={classes.leaf} />}
        <Avatar size={24} name={member.name} color="accent" aria-hidden />
        <Text fw={500} truncate>{member.name}</Text>
        <Text size="xs" truncate className={classes.profile}>{member.profile.label}</Text>
        {!member.active && <Badge color="gray" size="sm">{t('inactive')}</Badge>}
        {below.length > 0 && <Text c="dimmed" size="xs" className={classes.count}>{below.length}</Text>}
        <ActionIcon className={classes.move} onClick={() => move.onAsk(member)} aria-label={t('Move {{name}}', { name: member.name })}><IconArrowsMove size={15} /></ActionIcon>
      </div>
      {open && below.length > 0 && <Branch members={below} reports={reports} move={move} dragging={dragging} />}
    </li>
  );
}

function Branch({ members, ...rest }: { members: Placed[]; reports: Map<string | null, Placed[]>; move: Move; dragging: Dragging }) {
  return <ul className={classes.branch}>{members.map((m) => <Node key={m.id} member={m} {...rest} />)}</ul>;
}

/** `onMove` changes the manager at once (null: none above); `onAsk` opens the way without a mouse. */
export function OrgChart({ members, onMove, onAsk }: Move): ReactNode {
  const { t } = useTranslation();
  const [state, set] = useState<{ dragged: string | null; over: string | null }>({ dragged: null, over: null });
  const dragging: Dragging = { ...state, set };
  const move: Move = { members, onMove, onAsk };
  const top = useTarget(null, null, move, dragging);
  const reports = reportsOf(members);
  return (
    <div className={classes.chart}>
      <div className={classes.top} {...top}>{t('Drop here: nobody above')}</div>
      <Branch members={reports.get(null) ?? []} reports={reports} move={move} dragging={dragging} />
    </div>
  );
}
