// Demo only: a thin bar to sign in as somebody else of the cast, so that one sees what appears and vanishes.
import { useEffect, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, queries, Refusal } from './client.ts';
import { meQuery, type Me } from './me.ts';
import { sayFault } from './toast.ts';
import classes from './demo_bar.module.css';

interface Player { name: string; role: string; email: string; about?: string }

/** Outside the demo there is no cast (404) and nothing is drawn. */
async function cast(): Promise<Player[]> {
  try {
    return (await call<{ data: Player[] }>('GET', '/demo/cast')).data;
  } catch (fault) {
    if (fault instanceof Refusal) return [];
    throw fault;
  }
}

export function DemoBar() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['demo', 'cast'], queryFn: cast, staleTime: Infinity, retry: false });
  const [going, setGoing] = useState<string | null>(null);
  const own = queries.getQueryData<Me>(meQuery.queryKey)?.member.email;
  const shown = !!data?.length;
  // The frame is as high as the window: it must know what the bar takes away.
  useEffect(() => { document.documentElement.style.setProperty('--demo-bar', shown ? '36px' : '0px'); }, [shown]);
  if (!shown) return null;
  const enter = async (email: string) => {
    setGoing(email);
    try {
      await call('POST', '/demo/sign-in', { body: { email } });
      // A whole new page: nothing that the one before could see stays in memory.
      location.assign(/^\/(settings|import|sign-in)/.test(location.pathname) ? '/' : location.pathname);
    } catch (fault) {
      setGoing(null);
      sayFault(fault);
    }
  };
  return (
    <div className={classes.bar} role="region" aria-label={t('Demo')}>
      <span className={classes.word}>{t('Sign in as')}</span>
      <ul className={classes.cast}>
        {data.map((p) => (
          <li key={p.email}><button type="button" title={p.about} disabled={!!going} aria-pressed={p.email === (going ?? own)} onClick={() => void enter(p.email)}>{p.name}<span className={classes.role}>{p.role}</span></button></li>
        ))}
      </ul>
    </div>
  );
}
