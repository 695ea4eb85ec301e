// A panel from the right for making and changing one thing; as wide as the window on a phone.
import type { KeyboardEvent, ReactNode } from 'react';
import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './side_drawer.module.css';

/** Enter in a list that one chooses from never sends the form around it. */
const keepOpen = (e: KeyboardEvent) => { if (e.key === 'Enter' && (e.target as Element).matches('[aria-haspopup="listbox"]')) e.preventDefault(); };

/** `foot` stays at the lower edge while the content scrolls. */
export function SideDrawer({ opened, onClose, title, children, foot }: { opened: boolean; onClose: () => void; title: ReactNode; children: ReactNode; foot?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size={500} title={title} closeButtonProps={{ 'aria-label': t('Close') }} transitionProps={{ duration: 120 }} overlayProps={{ backgroundOpacity: 0.25 }} attributes={{ header: { role: 'presentation' } }}
      classNames={{ content: classes.content, header: classes.header, title: classes.title, body: classes.body }}>
      <div className={classes.inner} onKeyDown={keepOpen}>{children}</div>
      {foot && <div className={classes.foot}>{foot}</div>}
    </Drawer>
  );
}
