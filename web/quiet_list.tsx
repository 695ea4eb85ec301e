// A bordered list of few things: icon, title, what to know, one action.
import type { ReactNode } from 'react';
import { Group, Text } from '@mantine/core';
import classes from './quiet_list.module.css';

export function List({ label, children }: { label: string; children: ReactNode }) {
  return <ul className={classes.list} aria-label={label}>{children}</ul>;
}

export function Row({ icon, title, badge, about, action }: { icon?: ReactNode; title: ReactNode; badge?: ReactNode; about?: ReactNode; action?: ReactNode }) {
  return (
    <li className={classes.row}>
      {icon && <span className={classes.icon}>{icon}</span>}
      <div className={classes.words}>
        <Group gap={8}><Text fw={500} truncate>{title}</Text>{badge}</Group>
        {about && <Text c="dimmed" size="xs">{about}</Text>}
      </div>
      {action}
    </li>
  );
}
