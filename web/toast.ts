// Short messages at the edge of the window.
import { createElement } from 'react';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { Refusal, sentence } from './client.ts';

interface WayBack { label: string; run: () => void }

/** Says that something worked; with a way back if there is one (then it stays longer). */
export function say(message: string, back?: WayBack): void {
  const id = `said-${Date.now()}`;
  const leave = () => { notifications.hide(id); back?.run(); };
  const words = back ? createElement('span', { className: 'toast-back' }, message, createElement('button', { type: 'button', className: 'toast-button', onClick: leave }, back.label)) : message;
  notifications.show({ id, message: words, withBorder: true, autoClose: back ? 9000 : 3500, closeButtonProps: { 'aria-label': i18next.t('Close') } });
}

/** Says why something did not work, in the server's words. */
export function sayFault(fault: unknown): void {
  const title = i18next.t('This did not work');
  const message = fault instanceof Refusal ? sentence(fault.detail || fault.errors[0]?.message || fault.title) : i18next.t('The window had a fault. Loading it again usually helps.');
  notifications.show({ color: 'red', title, message, withBorder: true, autoClose: 8000, role: 'alert', closeButtonProps: { 'aria-label': i18next.t('Close') } });
}
