// What opens from anywhere: command menu, search, sheet of keys, and the way to another page; apart from what they show, so that no two files need each other.
export type Mode = 'closed' | 'commands' | 'search';

let mode: Mode = 'closed';
let shortcuts = false;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((l) => l());

/** For useSyncExternalStore: hears of everything that opens or closes. */
export const onOpening = (listener: () => void) => {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
};
export const openedMode = (): Mode => mode;
export const shortcutsShown = (): boolean => shortcuts;

/** Opens the command menu, or the search alone. */
export function openCommandMenu(next: Mode = 'commands'): void {
  mode = next;
  tell();
}

/** Shows the sheet of keys. */
export function showShortcuts(): void {
  shortcuts = true;
  tell();
}
export function hideShortcuts(): void {
  shortcuts = false;
  tell();
}

type Way = (to: any) => unknown;
let way: Way = () => undefined;
/** The router says once how pages are changed. */
export const goBy = (by: Way): void => { way = by; };
/** Goes to another page; takes what the router's own navigate takes. */
export const navigate: Way = (to) => way(to);
