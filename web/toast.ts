// Short messages at the edge of the window.
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { Refusal, sentence } from './client.ts';

/** Says that something worked. */
export function say(message: string): void {
  notifications.show({ message, withBorder: true, autoClose: 3500 });
}

/** Says why something did not work, in the server's words. */
export function sayFault(fault: unknown): void {
  const title = i18next.t('This did not work');
  const message = fault instanceof Refusal ? sentence(fault.detail || fault.errors[0]?.message || fault.title) : i18next.t('The window had a fault. Loading it again usually helps.');
  notifications.show({ color: 'red', title, message, withBorder: true, autoClose: 8000 });
}
