// Commands that the screen in view offers to the command menu, such as deleting what is selected.
import { useEffect, useSyncExternalStore } from 'react';

export interface Command { label: string; run: () => void }
const offers = new Map<object, Command[]>();
const listeners = new Set<() => void>();
let all: Command[] = [];
const tell = () => {
  all = [...offers.values()].flat();
  listeners.forEach((l) => l());
};

/** Offers commands while the calling screen is shown. */
export function useCommands(commands: Command[]): void {
  const key = commands.map((c) => c.label).join('\n');
  useEffect(() => {
    const me = {};
    offers.set(me, commands);
    tell();
    return () => { offers.delete(me); tell(); };
  }, [key]);
}

/** What is offered at this moment. */
export const useOffered = (): Command[] => useSyncExternalStore((l) => { listeners.add(l); return () => listeners.delete(l); }, () => all);
