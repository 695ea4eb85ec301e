// While one sees Steward as somebody else does: a banner with the way back. And the notice to whom it was done.
import { useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from './client.ts';
import { meQuery } from './me.ts';
import { day } from './moments.ts';
import { sayFault } from './toast.ts';
import classes from './view_banner.module.css';

interface Named { id: string | null; label: string }
const viewQuery = { queryKey: ['view-as'], queryFn: ({ signal }: { signal: AbortSignal }) => call<{ member: Named | null; by: Named | null }>('GET', '/view-as', { signal }), staleTime: 60_000, retry: false };

/** Sees Steward as a member from the next page on. A whole new page: nothing of one's own stays in memory. */
export async function seeAs(member: string): Promise<void> {
  try {
    await call('POST', '/view-as', { body: { member } });
    location.assign('/');
  } catch (fault) { sayFault(fault); }
}

const READ = 'steward.viewed-by-read';

function Told() {
  const { t } = useTranslation();
  const { data } = useQuery(meQuery);
  const [read, setRead] = useState(() => localStorage.getItem(READ) ?? '');
  const last = data?.viewed_by[0];
  if (!last || last.at <= read) return null;
  const understood = () => { localStorage.setItem(READ, last.at); setRead(last.at); };
  return <div className={classes.told} role="status"><span>{t('{{name}} saw Steward as you do, on {{day}}. Nothing was changed.', { name: last.by?.label ?? t('An administrator'), day: day(last.at) })}</span><button type="button" onClick={understood}>{t('Understood')}</button></div>;
}

export function ViewBanner() {
  const { t } = useTranslation();
  const { data } = useQuery(viewQuery);
  const viewing = data?.member;
  // The frame is as high as the window: it must know what the banner takes away.
  useEffect(() => { document.documentElement.style.setProperty('--view-bar', viewing ? '36px' : '0px'); }, [viewing]);
  if (!data) return null;
  if (!viewing) return <Told />;
  const back = () => call('DELETE', '/view-as').then(() => location.assign('/settings/members'), sayFault);
  return <div className={classes.bar} role="status"><span>{t('You see Steward as {{name}}. Nothing can be changed.', { name: viewing.label })}</span><button type="button" onClick={() => void back()}>{t('Back')}</button></div>;
}
